//! `autogen pull`: the way in for a database that is there. Its schema as Rust models, schema.rs, and SQL for what Rust
//! has no shape for. Files that exist are never touched.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use autogen_codegen::rust::models::{AttributeForm, Form, models, part};
use autogen_codegen::{RenderOptions, Statement, render};
use autogen_core::{Catalog, Hints, Pair};

use crate::args::PullArgs;
use crate::filter::Filter;
use crate::output::{Terminal, files};
use crate::project::displayed;
use crate::schema_rs;
use crate::servers::Servers;
use crate::setup::Setup;
use crate::source::preferred_major;

/// Always 0: a database that cannot be pulled is an error.
pub(crate) fn run(args: &PullArgs, terminal: &Terminal) -> Result<ExitCode> {
    if args.annotate {
        return super::annotate::run(args, terminal);
    }
    let filter = Filter::new(&args.include, &args.exclude)?;
    let setup = Setup::new(args.project.as_deref(), args.config.as_deref(), terminal)?;
    let source = setup.current(args.db.as_deref(), terminal)?;
    let dir = args.out.clone().unwrap_or_else(|| setup.project.root.join("src"));
    let names = ["models.rs", "schema.rs", "objects.sql"];
    if !args.stdout {
        // Told before any work is done.
        for path in names.map(|name| dir.join(name)) {
            if std::fs::symlink_metadata(&path).is_ok() {
                let shown = displayed(&path);
                bail!("{shown} is there already, and is not overwritten; give another folder with --out");
            }
        }
    }
    let mut servers = Servers::new(&args.servers, terminal);
    servers.major = preferred_major(&[&source], terminal)?;
    let mut catalog = source.load(&[], &mut servers, terminal)?.catalog;
    filter.apply(&mut catalog);

    let attribute = if args.cfg_attr { AttributeForm::CfgAttr } else { AttributeForm::Derive };
    let rust = models(&catalog, Form { attribute });
    let mut written = vec![(names[0], rust.text)];
    written.push((names[1], schema_rs::of_all_schemas(&catalog)));
    let sql = objects(&catalog)?;
    written.extend((!sql.is_empty()).then_some((names[2], sql)));
    if args.stdout {
        let texts: Vec<String> = written.iter().map(|(_, text)| text.trim_end().to_owned() + "\n").collect();
        terminal.print(&texts.join("\n"))?;
    } else {
        let all: Vec<(PathBuf, String)> =
            written.into_iter().map(|(name, text)| (dir.join(name), text)).collect();
        for path in files::write_all_new(&dir, all)? {
            terminal.note(&format!("wrote {}", displayed(&path)));
        }
    }
    for note in &rust.notes {
        terminal.note(&format!("note: {note}"));
    }
    for unread in &catalog.unread {
        terminal.note(&format!("note: left out: {} {}: {}", unread.kind, unread.name, unread.reason));
    }
    Ok(ExitCode::SUCCESS)
}

/// What leads from the part that the models say to the whole schema, statement by statement.
fn objects(catalog: &Catalog) -> Result<String> {
    let said = part(catalog);
    let graph = autogen_diff::diff(Pair::new(&said, catalog), &Hints::default())
        .context("what Rust has no shape for cannot be put in order")?;
    let options = RenderOptions { server_version: catalog.server_version, ..RenderOptions::default() };
    let statements: Vec<String> = render(&graph, &options)
        .statements()
        .map(|statement| {
            // What may go wrong on a live table is no matter here.
            let mut bare: Statement = statement.clone();
            bare.hazards.clear();
            bare.todos.clear();
            bare.comment = None;
            bare.to_sql()
        })
        .collect();
    if statements.is_empty() {
        return Ok(String::new());
    }
    let heading = "-- What the database has besides models.rs, as `autogen pull` found it.\n\n";
    Ok(format!("{heading}{}", statements.join("\n")))
}
