//! Views and materialized views: a struct or `table!` over one is satisfied by it (MODELS.md, rule 13). A column that
//! is not there, or of a type that the field cannot hold, is told; NULL is not, since a view cannot say. What a view
//! is made of is nothing that models define.

use autogen_core::object::{MaterializedView, View};
use autogen_core::{DataType, Diagnostic, Kind, Name, Object, ObjectId};

use super::super::TableModel;
use super::{Builder, FromModels, types};

impl FromModels for View {
    fn lay(builder: &mut Builder<'_>) {
        let models = builder.models;
        for model in models.tables.iter().filter(|model| !model.structs.is_empty()) {
            builder.compare_view(model);
        }
    }
}

impl FromModels for MaterializedView {
    fn lay(_: &mut Builder<'_>) {}
}

impl Builder<'_> {
    fn compare_view(&mut self, model: &TableModel) {
        if model.attribute.ignore.is_some() {
            return;
        }
        let name = self.table_name(model);
        let (id, columns) = match self.view_columns(&name) {
            Some(found) => found,
            None => return,
        };
        for column in model.columns.iter().filter(|column| column.field.is_some() && !column.positional) {
            let names = [Some(&column.name), column.stem.as_ref()];
            let found = columns.iter().find(|(live, _)| names.contains(&Some(&live.as_str().to_owned())));
            let message = match found {
                None => format!("{id} has no column {}", autogen_core::visible(&column.name)),
                Some((live, data_type)) => {
                    let suits =
                        types::live(data_type, &self.live).iter().any(|live| column.accept.accepts(live));
                    if suits {
                        continue;
                    }
                    format!("column {live} of {id} is {}, which this type cannot hold", data_type.full_text())
                }
            };
            let help = "models do not define views; change the view in a migration, or the field";
            self.report(Diagnostic::warning("view-differs", message).at(column.span.clone()).help(help));
        }
    }

    fn view_columns(&self, name: &autogen_core::QualName) -> Option<(ObjectId, Vec<(Name, DataType)>)> {
        [Kind::View, Kind::MaterializedView].into_iter().find_map(|kind| {
            let id = ObjectId::new(kind, name.clone());
            match self.live.get(&id)? {
                Object::View(view) => Some((id, view.columns.clone())),
                Object::MaterializedView(view) => Some((id, view.columns.clone())),
                _ => None,
            }
        })
    }
}
