//! Comments change in place.

use autogen_core::Pair;
use autogen_core::object::Comment;
use autogen_core::object::comment::CommentAlteration;

use crate::compare::{Compare, Comparison, Context};

impl Compare for Comment {
    fn compare(pair: Pair<&Self>, _: Context<'_>) -> Comparison<CommentAlteration> {
        if pair.map(|comment| &comment.text).differs() {
            Comparison::Alter(vec![CommentAlteration::Text(pair.after.text.clone())])
        } else {
            Comparison::Equal
        }
    }
}
