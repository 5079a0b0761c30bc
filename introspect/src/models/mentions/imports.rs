//! The `use` declarations of a file, wherever they stand, and what a name means that they bring in. Who shadows whom is
//! told by the braces around a declaration; visibility and the modules of other files are left out.

use super::{Tokens, is};

/// One name, or one glob, of a `use` tree.
#[derive(Debug)]
pub(super) struct Import {
    /// The tokens of its path, outermost first; of `users::{self}` only `users`.
    pub(super) path: Vec<usize>,
    /// What it is called here; a glob has no name.
    pub(super) name: Option<String>,
    /// True if it was given another name.
    pub(super) is_alias: bool,
    /// The tokens between the braces around it.
    scope: (usize, usize),
}

/// All imports of a file.
pub(super) fn imports(tokens: &Tokens) -> Vec<Import> {
    let mut found = Vec::new();
    let mut open = Vec::new();
    let mut at = 0;
    while let Some((token, _)) = tokens.get(at) {
        match token.as_str() {
            "{" => open.push(at),
            "}" => drop(open.pop()),
            "use" => {
                let from = open.last().copied().unwrap_or(0);
                let first = found.len();
                at = tree(tokens, at + 1, &[], &mut found);
                let end = end_of(tokens, open.last().copied());
                found[first..].iter_mut().for_each(|one: &mut Import| one.scope = (from, end));
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    found
}

/// The bracket that closes the block, or the end of the file.
fn end_of(tokens: &Tokens, open: Option<usize>) -> usize {
    let Some(open) = open else { return tokens.len() };
    let mut depth = 0_usize;
    for (at, (token, _)) in tokens.iter().enumerate().skip(open) {
        match token.as_str() {
            "{" => depth += 1,
            "}" if depth == 1 => return at,
            "}" => depth -= 1,
            _ => {}
        }
    }
    tokens.len()
}

/// Reads a tree and returns where it ends.
fn tree(tokens: &Tokens, mut at: usize, prefix: &[usize], found: &mut Vec<Import>) -> usize {
    let mut path = prefix.to_vec();
    loop {
        let Some((token, _)) = tokens.get(at) else { return at };
        match token.as_str() {
            "::" => at += 1,
            "*" => {
                found.push(Import { path, name: None, is_alias: false, scope: (0, 0) });
                return at + 1;
            }
            "{" => {
                at += 1;
                while tokens.get(at).is_some() && !is(tokens, at, "}") {
                    at = match is(tokens, at, ",") {
                        true => at + 1,
                        // Whatever it is, it ends.
                        false => tree(tokens, at, &path, found).max(at + 1),
                    };
                }
                return at + 1;
            }
            word if word.starts_with(|c: char| c.is_alphabetic() || c == '_') => {
                if word != "self" || path.is_empty() {
                    path.push(at);
                }
                at += 1;
                if is(tokens, at, "::") {
                    continue;
                }
                let is_alias = is(tokens, at, "as");
                let named = if is_alias { Some(at + 1) } else { path.last().copied() };
                at += if is_alias { 2 } else { 0 };
                let name = named.and_then(|at| tokens.get(at)).map(|(name, _)| name.clone());
                found.push(Import { path, name, is_alias, scope: (0, 0) });
                return at;
            }
            _ => return at,
        }
    }
}

/// What a name means at a place: the import in the narrowest block around it.
pub(super) fn bound<'i>(imports: &'i [Import], name: &str, at: usize) -> Option<&'i Import> {
    let is_it = |one: &&Import| {
        one.name.as_deref() == Some(name)
            && (one.scope.0..=one.scope.1).contains(&at)
            && !one.path.contains(&at)
    };
    imports.iter().filter(is_it).min_by_key(|one| one.scope.1 - one.scope.0)
}
