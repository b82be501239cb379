//! The migrations of the folder, and the sample rows that belong to each.

use super::Database;
use std::{fs, path::PathBuf};

/// A migration of the folder.
pub struct Migration {
    /// Its name, as in the file's.
    pub name: String,
    text: String,
    sample: String,
}

/// All of them, oldest first.
pub fn migrations() -> Vec<Migration> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let names = fs::read_dir(&folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names
        .filter_map(|name| name.strip_suffix(".sql").map(str::to_owned))
        .filter(|name| !name.ends_with(".sample"))
        .collect();
    names.sort();
    let read = |file: String| {
        fs::read_to_string(folder.join(&file)).unwrap_or_else(|error| panic!("{file}: {error}"))
    };
    let migration = |name: String| Migration {
        text: read(format!("{name}.sql")),
        sample: read(format!("{name}.sample.sql")),
        name,
    };
    names.into_iter().map(migration).collect()
}

impl Database {
    /// Applies every migration in order, each followed by its sample rows.
    pub fn with_samples(self) -> Self {
        self.apply(&migrations(), true)
    }

    /// Applies the first migrations alone, as an older program did, or one that was interrupted.
    pub fn with_first_migrations(self, count: usize) -> Self {
        self.apply(&migrations()[..count], false)
    }

    /// Brings it to the present schema, with epochs of two orders on two pages.
    pub fn with_small_epochs(self) -> Self {
        self.open().close();
        self.tamper("UPDATE order_form SET epoch_orders = 2, epoch_pages = 2");
        self
    }

    fn apply(self, migrations: &[Migration], samples: bool) -> Self {
        self.tamper("CREATE TABLE schema_version (version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL)");
        for (version, Migration { name, text, sample }) in (1..).zip(migrations) {
            let text = self.in_its_words(text);
            self.attempt(&format!("BEGIN; {text} COMMIT")).unwrap();
            self.attempt(&format!(
                "INSERT INTO schema_version (version, name) VALUES ({version}, '{name}')"
            ))
            .unwrap();
            if samples {
                self.attempt(&format!("BEGIN; {sample} COMMIT")).unwrap();
            }
        }
        self
    }
}
