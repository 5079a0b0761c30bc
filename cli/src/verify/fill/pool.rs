//! For each type the values that rows are made of, in a fixed order. What is made of other types is put together here:
//! arrays, domains, composite types, ranges; which of the guesses for it are right is the server's word.

use std::collections::BTreeMap;
use std::rc::Rc;

use diesel::{PgConnection, QueryResult};

use super::super::tables::Type;
use super::values::values;
use super::{hints, judge};

/// A domain of an array of a domain … ends somewhere.
const DEPTH: usize = 6;

/// Values by type and modifier.
pub(super) struct Pools {
    types: BTreeMap<i64, Type>,
    count: usize,
    known: BTreeMap<(i64, i32), Rc<Vec<String>>>,
}

impl Pools {
    /// So many different values of each, if it has so many.
    pub(super) fn new(types: Vec<Type>, count: usize) -> Pools {
        Pools { types: types.into_iter().map(|one| (one.oid, one)).collect(), count, known: BTreeMap::new() }
    }

    /// The values of a type as a column spells it.
    pub(super) fn of(
        &mut self,
        connection: &mut PgConnection,
        oid: i64,
        typmod: i32,
        spelling: &str,
    ) -> QueryResult<Rc<Vec<String>>> {
        if let Some(known) = self.known.get(&(oid, typmod)) {
            return Ok(Rc::clone(known));
        }
        let raw = self.raw(oid, typmod, DEPTH);
        let all = Rc::new(judge::fitting(connection, raw, spelling)?);
        self.known.insert((oid, typmod), Rc::clone(&all));
        Ok(all)
    }

    /// What values may look like; not all of them are right.
    pub(super) fn possible(&self, oid: i64, typmod: i32) -> Vec<String> {
        self.raw(oid, typmod, DEPTH)
    }

    /// What values may look like.
    fn raw(&self, oid: i64, typmod: i32, depth: usize) -> Vec<String> {
        let Some(one) = self.types.get(&oid).filter(|_| depth > 0) else { return Vec::new() };
        if one.element != 0 {
            return arrays(&self.raw(one.element, typmod, depth - 1));
        }
        match one.kind.as_str() {
            "e" => one.labels.iter().map(|(_, label)| label.clone()).collect(),
            "d" => {
                let mut all: Vec<String> =
                    one.checks.iter().flat_map(|check| hints::guesses(check)).collect();
                all.extend(self.raw(one.base, one.base_typmod, depth - 1));
                all
            }
            "c" => {
                let fields = one.fields.iter();
                let fields: Vec<Vec<String>> =
                    fields.map(|field| self.raw(field.type_oid, field.typmod, depth - 1)).collect();
                (0..self.count).map(|at| composite(&fields, at)).collect()
            }
            "r" | "m" => {
                let subtype = self.raw(one.subtype.unwrap_or_default(), -1, depth - 1);
                ranges(&subtype, one.kind == "m")
            }
            _ => values(&one.name, typmod, self.count),
        }
    }
}

/// A text within double quotes, as arrays, ranges and composite values have it.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn arrays(elements: &[String]) -> Vec<String> {
    let mut all = vec!["{}".to_owned()];
    for (at, element) in elements.iter().enumerate() {
        all.push(format!("{{{}}}", quoted(element)));
        if let Some(next) = elements.get(at + 1).filter(|_| at % 4 == 0) {
            all.push(format!("{{{},NULL,{}}}", quoted(element), quoted(next)));
        }
    }
    all
}

fn composite(fields: &[Vec<String>], at: usize) -> String {
    let field = |(number, values): (usize, &Vec<String>)| match values.len() {
        0 => String::new(),
        // One value without anything in it.
        _ if at == 1 => String::new(),
        length => values.get((at + number) % length).map(|value| quoted(value)).unwrap_or_default(),
    };
    let fields: Vec<String> = fields.iter().enumerate().map(field).collect();
    format!("({})", fields.join(","))
}

/// Ranges of one value each come first: they do not overlap, which exclusion constraints want.
fn ranges(values: &[String], several: bool) -> Vec<String> {
    let single = values.iter().map(|value| format!("[{0},{0}]", quoted(value)));
    let open = values.iter().take(2).map(|value| format!("({},)", quoted(value)));
    let all = single.chain(open).map(|range| if several { format!("{{{range}}}") } else { range });
    let mut all: Vec<String> = all.collect();
    all.push(if several { "{}" } else { "empty" }.to_owned());
    all
}
