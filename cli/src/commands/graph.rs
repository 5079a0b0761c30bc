//! `autogen graph`: the tables of a schema, or the changes of a difference, as a picture.

use std::process::ExitCode;

use anyhow::Result;

use crate::args::{GraphArgs, GraphFormat};
use crate::filter::Filter;
use crate::graph::{Diagram, changes, dot, entities, mermaid, svg};
use crate::output::Terminal;
use crate::pipeline::{Depth, compare};
use crate::servers::Servers;
use crate::setup::Setup;
use crate::source::preferred_major;

/// 0 done.
pub(crate) fn run(args: &GraphArgs, terminal: &Terminal) -> Result<ExitCode> {
    let diagram = diagram(args, terminal)?;
    let text = match args.format {
        GraphFormat::Dot => dot(&diagram),
        GraphFormat::Mermaid => mermaid(&diagram),
        GraphFormat::Svg => svg(&diagram),
    };
    terminal.print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn diagram(args: &GraphArgs, terminal: &Terminal) -> Result<Diagram> {
    if args.changes {
        return Ok(changes(&compare(&args.compare(), Depth::Differences, terminal)?.graph));
    }
    if args.target.is_some() || !args.models.is_empty() {
        return Ok(entities(&compare(&args.compare(), Depth::Differences, terminal)?.graph.catalogs.after));
    }
    let setup = Setup::new(args.project.as_deref(), args.config.as_deref(), terminal)?;
    let args = setup.applied(&args.compare());
    let filter = Filter::new(&args.include, &args.exclude)?;
    let source = setup.current(args.db.as_deref(), terminal)?;
    let mut servers = Servers::new(&args.servers, terminal);
    servers.major = preferred_major(&[&source], terminal)?;
    let loaded = source.load(&args.with, &mut servers, terminal)?;
    Ok(entities(&filter.applied(&loaded.catalog)))
}
