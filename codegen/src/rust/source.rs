//! Lines of Rust source with their indentation, broken where rustfmt breaks them in its default style. It knows only the
//! three constructs of a schema.rs that can become too long; `table!` and `joinable!` are left alone by rustfmt.

/// The width of a line (`max_width`).
const WIDTH: usize = 100;
/// The width up to which the whole of a derive stays on its line. Found by trying: rustfmt keeps four columns free.
const DERIVE_WIDTH: usize = WIDTH - 4;

/// Source as it grows.
#[derive(Debug, Default)]
pub(super) struct Source {
    text: String,
    depth: usize,
}

impl Source {
    /// One line, which holds no line break.
    pub(super) fn line(&mut self, text: &str) {
        if !text.is_empty() {
            self.text.extend(std::iter::repeat_n("    ", self.depth));
            self.text.push_str(text);
        }
        self.text.push('\n');
    }

    /// An empty line; not at the beginning of a block.
    pub(super) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("{\n") {
            self.text.push('\n');
        }
    }

    /// A line after which the indentation is deeper.
    pub(super) fn open(&mut self, text: &str) {
        self.line(text);
        self.depth += 1;
    }

    /// The brace at the end of a block.
    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.line("}");
    }

    /// `#[derive(…)]`
    pub(super) fn derive(&mut self, paths: &[String]) {
        let all = paths.join(", ");
        let whole = format!("#[derive({all})]");
        if self.width(&whole) <= DERIVE_WIDTH {
            return self.line(&whole);
        }
        self.line("#[derive(");
        self.depth += 1;
        if self.width(&all) <= WIDTH {
            self.line(&format!("{all},"));
        } else {
            self.items(paths);
        }
        self.depth -= 1;
        self.line(")]");
    }

    /// `#[diesel(postgres_type(…))]`
    pub(super) fn postgres_type(&mut self, properties: &[String]) {
        let whole = format!("#[diesel(postgres_type({}))]", properties.join(", "));
        if self.width(&whole) <= WIDTH {
            return self.line(&whole);
        }
        self.line("#[diesel(postgres_type(");
        self.depth += 1;
        for (index, property) in properties.iter().enumerate() {
            let comma = if index + 1 < properties.len() { "," } else { "" };
            self.line(&format!("{property}{comma}"));
        }
        self.depth -= 1;
        self.line("))]");
    }

    /// `path!(a, b,);`
    pub(super) fn call(&mut self, path: &str, arguments: &[String]) {
        let whole = format!("{path}!({},)", arguments.join(", "));
        if self.width(&whole) <= WIDTH {
            return self.line(&format!("{whole};"));
        }
        self.line(&format!("{path}!("));
        self.depth += 1;
        self.items(arguments);
        self.depth -= 1;
        self.line(");");
    }

    fn items(&mut self, items: &[String]) {
        for item in items {
            self.line(&format!("{item},"));
        }
    }

    fn width(&self, text: &str) -> usize {
        self.depth * 4 + text.chars().count()
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}
