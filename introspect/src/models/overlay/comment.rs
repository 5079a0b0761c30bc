//! Comments on what the models name.

use autogen_core::ObjectId;
use autogen_core::object::Comment;

use super::table::is_full;
use super::{Builder, FromModels};

impl FromModels for Comment {
    fn lay(builder: &mut Builder<'_>) {
        for (table, model) in builder.tables.clone() {
            let text = model.attribute.comment.as_ref().map(|said| said.value.clone());
            builder.comment(&ObjectId::table(&table), text, is_full(model));
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
        match text.filter(|text| !text.is_empty()) {
            Some(text) => self.out.catalog.insert(id, Comment::new(on.clone(), text)),
            None if claimed => {
                self.out.catalog.remove(&id);
            }
            None => {}
        }
    }
}
