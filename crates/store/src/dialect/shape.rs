//! What a table is made of, for whoever moves whole tables.

/// A table.
pub(crate) struct Shape {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    /// The columns of its primary key.
    pub(crate) key: Vec<Key>,
}

/// A column of a key.
pub(crate) struct Key {
    pub(crate) column: String,
    pub(crate) is_text: bool,
}

impl Shape {
    /// `a, b, c`.
    pub(crate) fn names(&self) -> String {
        self.columns.join(", ")
    }

    /// All rows, in the order that `by` makes of each column of the key.
    pub(crate) fn select(&self, by: impl Fn(&Key) -> String) -> String {
        let by: Vec<String> = self.key.iter().map(by).collect();
        format!(
            "SELECT {} FROM {} ORDER BY {}",
            self.names(),
            self.name,
            by.join(", ")
        )
    }
}
