//! The files of the repository, read once per test.

use std::path::{Path, PathBuf};

/// A text file, by its path from the root.
pub struct Text {
    pub path: String,
    pub text: String,
}

impl Text {
    pub fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Integration tests; unit tests stand beside their code and follow its rules.
    pub fn is_test(&self) -> bool {
        self.path.contains("/tests/")
    }

    /// Where `needle` stands, as `path:line`.
    pub fn find(&self, needle: &str) -> Vec<String> {
        let lines = self
            .text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.contains(needle));
        lines
            .map(|(number, _)| format!("{}:{}", self.path, number + 1))
            .collect()
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask stands in the root")
        .to_path_buf()
}

/// Every text file that belongs to the project: no build output, no library of the browser tests, no sandbox data, no editor's folders.
pub fn all() -> Vec<Text> {
    let mut texts = Vec::new();
    walk(&root(), &mut texts);
    assert!(
        texts.iter().any(|text| text.path == "Cargo.toml"),
        "the walk starts at the root"
    );
    texts
}

pub fn rust() -> Vec<Text> {
    all().into_iter().filter(Text::is_rust).collect()
}

/// A document that must be there.
pub fn document(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn walk(dir: &Path, texts: &mut Vec<Text>) {
    let mut entries: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap())
        .collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        if entry.file_type().unwrap().is_dir() {
            if belongs(&name) {
                walk(&path, texts);
            }
        } else if let Ok(text) = std::fs::read_to_string(&path) {
            let path = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
            texts.push(Text { path, text });
        }
    }
}

fn belongs(dir: &str) -> bool {
    let hidden = dir.starts_with('.') && ![".ci", ".cargo", ".config", ".github"].contains(&dir);
    !hidden && !["target", "node_modules", "rokad-data"].contains(&dir)
}
