//! Comments on what the models name.

use autogen_core::object::Comment;
use autogen_core::{Name, ObjectId};

use super::table::is_full;
use super::{Builder, FromModels};

impl FromModels for Comment {
    fn lay(builder: &mut Builder<'_>) {
        for (table, model) in builder.tables.clone() {
            let text = model.attribute.comment.as_ref().map(|said| said.value.clone());
            builder.comment(&ObjectId::table(&table), text, is_full(model));
        }
        for (view, model) in builder.defined.clone() {
            let on = autogen_core::object::relation_id(&builder.out.catalog, &view);
            let text = model.attribute.comment.as_ref().map(|said| said.value.clone());
            builder.comment(&on, text, is_full(model));
            for column in &model.columns {
                let text = column.attribute.comment.as_ref().map(|said| said.value.clone());
                builder.comment(&ObjectId::column(&view, &Name::new(&column.name)), text, is_full(model));
            }
        }
        let models = builder.models;
        for model in &models.enums {
            if let (Some(said), Some(id)) = (&model.attribute.comment, builder.enum_id(model)) {
                builder.comment(&id, Some(said.value.clone()), false);
            }
        }
        for laid in builder.columns.clone() {
            let text = laid.column.attribute.comment.as_ref().map(|said| said.value.clone());
            builder.comment(&laid.id, text, is_full(laid.table));
        }
    }
}

impl Builder<'_> {
    /// Sets the comment on an object; nothing said is a claim only under full management.
    fn comment(&mut self, on: &ObjectId, text: Option<String>, claimed: bool) {
        let id = Comment::id(on);
        match text {
            // An empty text is no comment for Postgres.
            Some(text) if text.is_empty() => {
                self.out.catalog.remove(&id);
            }
            Some(text) => self.out.catalog.update(&id, Comment::new(on.clone(), text)),
            None if claimed => {
                self.out.catalog.remove(&id);
            }
            None => {}
        }
    }
}
