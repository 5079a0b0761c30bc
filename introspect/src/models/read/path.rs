//! Which module a file is, told from its path alone.

use std::path::{Component, Path};

/// The crate's name and the modules below it: `crates/shop-db/src/models/user.rs` is `shop_db::models::user`. The
/// crate root is the folder above the last `src`; a file outside of any is a crate of its own, as are files below
/// `src/bin`. `#[path]` and `Cargo.toml` are not looked at; a caller that knows better sets the module itself.
pub fn module_path(path: &Path) -> Vec<String> {
    let parts: Vec<String> = path
        .components()
        .filter_map(|part| match part {
            Component::Normal(name) => name.to_str().map(str::to_owned),
            _ => None,
        })
        .collect();
    let stem = |name: &str| name.strip_suffix(".rs").unwrap_or(name).replace('-', "_");
    let Some(src) = parts.iter().rposition(|part| part == "src") else {
        return parts.last().map(|name| vec![stem(name)]).unwrap_or_default();
    };
    let krate = match src {
        0 => "crate".to_owned(),
        _ => parts[src - 1].replace('-', "_"),
    };
    let below = &parts[src + 1..];
    let mut module = vec![krate];
    let mut below: Vec<String> = below.iter().map(|part| stem(part)).collect();
    if below.first().is_some_and(|first| first == "bin") && below.len() > 1 {
        module = vec![format!("{}_bin_{}", module[0], below[1])];
        below.drain(..2);
    }
    if matches!(below.last().map(String::as_str), Some("mod"))
        || (below.len() == 1 && ["lib", "main"].contains(&below[0].as_str()))
    {
        below.pop();
    }
    module.extend(below);
    module
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, expect: &str) {
        assert_eq!(module_path(Path::new(path)).join("::"), expect, "{path}");
    }

    #[test]
    fn paths() {
        check("crates/shop-db/src/models/user.rs", "shop_db::models::user");
        check("crates/shop-db/src/models/mod.rs", "shop_db::models");
        check("/x/shop/src/lib.rs", "shop");
        check("src/main.rs", "crate");
        check("src/schema.rs", "crate::schema");
        check("shop/src/bin/tool/args.rs", "shop_bin_tool::args");
        check("models.rs", "models");
        check("", "");
    }
}
