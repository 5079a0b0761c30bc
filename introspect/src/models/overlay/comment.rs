//! Comments on what the models name.

use autogen_core::object::Comment;
use autogen_core::{Kind, Name, Object, ObjectId};
use rustc_hash::FxHashSet;

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
        let comments = builder.out.catalog.of_kind(Kind::Comment);
        let commented: FxHashSet<ObjectId> = comments
            .filter_map(|(_, object)| match object {
                Object::Comment(comment) => Some(comment.on.clone()),
                _ => None,
            })
            .collect();
        // Nothing here looks at the list.
        let columns = std::mem::take(&mut builder.columns);
        for laid in &columns {
            let text = laid.column.attribute.comment.as_ref().map(|said| said.value.clone());
            if text.is_some() || commented.contains(&laid.id) {
                builder.comment(&laid.id, text, is_full(laid.table));
            }
        }
        builder.columns = columns;
    }
}

impl Builder<'_> {
    /// Sets the comment on an object; nothing said is a claim only under full management.
    fn comment(&mut self, on: &ObjectId, text: Option<String>, claimed: bool) {
        if text.is_none() && !claimed {
            return;
        }
        let id = Comment::id(on);
        match text {
            // An empty text is no comment for Postgres.
            Some(text) if text.is_empty() => {
                self.out.catalog.remove(&id);
            }
            Some(text) => self.out.catalog.update(&id, Comment::new(on.clone(), text)),
            None => {
                self.out.catalog.remove(&id);
            }
        }
    }
}
