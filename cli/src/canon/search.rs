//! The search for the form of an expression in which it stays as it is: a canonical text is not always a fixpoint, and
//! `IN ('a', 'b')` over varchar changes once more when it is parsed again.

use autogen_codegen::canonical;
use autogen_core::{DataType, Expression, Name};
use autogen_introspect::models::overlay::{Asked, Canon, Canonical, Role};
use diesel::PgConnection;
use diesel::result::Error as DieselError;

use super::parse::{Answer, Question, parse};
use super::read_back::Parsed;
use super::scene::Scene;

/// How often a text is parsed.
const ROUNDS: usize = 3;

/// The search for one expression's form.
pub(super) struct Search<'a> {
    scene: &'a Scene<'a>,
    asked: &'a Asked,
    /// Where one of these comes out, that is it.
    live: Vec<&'a Expression>,
    /// As far as it has come, as it is called beside the temporary table.
    text: Expression,
    columns: Vec<(Name, DataType)>,
}

impl<'a> Search<'a> {
    pub(super) fn new(scene: &'a Scene<'a>, asked: &'a Asked, live: Vec<&'a Expression>) -> Self {
        Self { scene, asked, live, text: scene.localised(&asked.text), columns: Vec::new() }
    }

    /// All of them at once, round by round; what has been found goes into `canon`.
    pub(super) fn run(
        connection: &mut PgConnection,
        mut open: Vec<Self>,
        canon: &mut Canon,
    ) -> Result<(), DieselError> {
        for _ in 0..ROUNDS {
            let questions: Vec<Question<'_>> = open.iter().map(Self::question).collect();
            let answers = parse(connection, &questions)?;
            let mut further = Vec::new();
            for (mut search, answer) in open.into_iter().zip(answers) {
                match answer {
                    Answer::Unknown => {}
                    Answer::Refused(message) => canon.insert(search.asked, Canonical::Rejected(message)),
                    Answer::Parsed(parsed) => {
                        if search.ends_with(parsed) {
                            canon.insert(search.asked, search.found());
                        } else {
                            further.push(search);
                        }
                    }
                }
            }
            open = further;
        }
        for search in open {
            canon.insert(search.asked, search.found());
        }
        Ok(())
    }

    fn question(&self) -> Question<'a> {
        Question { scene: self.scene, role: &self.asked.role, text: self.text.clone() }
    }

    /// Goes on to what the server made of the text; true if that is its last form.
    fn ends_with(&mut self, parsed: Parsed) -> bool {
        let text = match self.asked.role {
            Role::Value => Expression::new(canonical::value_of(parsed.text.as_str())),
            Role::View => Expression::new(parsed.text.as_str().trim().trim_end_matches(';')),
            Role::Condition
            | Role::Default(_)
            | Role::Policy
            | Role::PartitionKey
            | Role::Bound
            | Role::Type => parsed.text,
        };
        let is_same = text == self.text;
        self.text = text;
        self.columns = parsed.columns;
        // A type's text is no input for another round.
        is_same || self.asked.role == Role::Type || self.live.contains(&&self.scene.globalised(&self.text))
    }

    fn found(self) -> Canonical {
        match self.asked.role {
            Role::View => Canonical::View { definition: self.text, columns: self.columns },
            Role::Type => match self.columns.into_iter().next() {
                Some((_, data_type)) => Canonical::Type(data_type),
                None => Canonical::Rejected("the server did not tell its form".to_owned()),
            },
            Role::Condition
            | Role::Value
            | Role::Default(_)
            | Role::Policy
            | Role::PartitionKey
            | Role::Bound => Canonical::Text(self.scene.globalised(&self.text)),
        }
    }
}
