//! Values of a composite type that has other attributes than before: which text they should have now. An attribute is known
//! again by its number, as a rename does not change it.
//! Source: <https://www.postgresql.org/docs/current/rowtypes.html#ROWTYPES-IO-SYNTAX>.

use super::super::query;
use super::super::tables::Type;

/// The value of the type as it is now, as an expression: attributes that stay keep theirs, new ones have NULL. Nothing where the
/// text is no value of the old type.
pub(super) fn recast(value: &str, old: &Type, new: &Type, spelling: &str) -> Option<String> {
    let fields = fields(value).filter(|fields| fields.len() == old.fields.len())?;
    let known = |number: i16| {
        let at = old.fields.iter().position(|field| field.number == number)?;
        fields.get(at).cloned().flatten()
    };
    let attributes =
        new.fields.iter().map(|field| query::constant(known(field.number).as_deref(), &field.spelling));
    Some(format!("ROW({})::{spelling}", attributes.collect::<Vec<_>>().join(", ")))
}

/// The fields of a row's text; one without anything is NULL.
fn fields(text: &str) -> Option<Vec<Option<String>>> {
    let inside = text.strip_prefix('(')?.strip_suffix(')')?;
    let mut fields = vec![None];
    let mut characters = inside.chars().peekable();
    let mut is_quoted = false;
    while let Some(character) = characters.next() {
        let current = fields.last_mut()?;
        match character {
            ',' if !is_quoted => fields.push(None),
            '"' if is_quoted && characters.next_if_eq(&'"').is_some() => {
                current.get_or_insert_with(String::new).push('"');
            }
            '"' => {
                is_quoted = !is_quoted;
                current.get_or_insert_with(String::new);
            }
            '\\' => current.get_or_insert_with(String::new).push(characters.next()?),
            other => current.get_or_insert_with(String::new).push(other),
        }
    }
    Some(fields)
}

#[cfg(test)]
mod tests {
    use super::fields;

    #[test]
    fn the_text_of_a_row_is_read_as_the_server_writes_it() {
        let some = |text: &str| Some(text.to_owned());
        let cases = [
            ("(1,x)", vec![some("1"), some("x")]),
            (r#"(,"",)"#, vec![None, some(""), None]),
            (
                r#"("a,b","say ""hi""","back\\slash","(1,2)")"#,
                vec![some("a,b"), some("say \"hi\""), some("back\\slash"), some("(1,2)")],
            ),
            ("()", vec![None]),
        ];
        for (text, wanted) in cases {
            assert_eq!(fields(text), Some(wanted), "{text}");
        }
        assert_eq!(fields("1,2"), None);
    }
}
