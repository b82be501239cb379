//! The thread that makes the journal durable, a pile of records at a time.

use super::{
    book::Book,
    desk::{Durable, Shared},
};
use std::{fs::File, io::Write, sync::Arc, thread::JoinHandle};

/// Bytes of a pile's memory that are kept for the next one. More is given back after a burst.
const PILE_KEPT_BYTES: usize = 4 << 20;

/// Starts the writer. It ends when the desk is closed, or when the disk fails; then nothing is answered any more.
pub fn start<B: Book>(shared: Arc<Shared<B>>, file: File) -> std::io::Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("bank-journal".into())
        .spawn(move || {
            if let Err(error) = write(&shared, file) {
                tracing::error!(%error, "the bank's journal cannot be written: the bank closes");
            }
            shared.close();
            shared.durable.send_replace(Durable::Closed);
        })
}

fn write<B: Book>(shared: &Shared<B>, mut file: File) -> std::io::Result<()> {
    let mut pile = Vec::new();
    while let Some(last) = shared.take_pile(&mut pile) {
        file.write_all(&pile)?;
        file.sync_data()?;
        shared.durable.send_replace(Durable::UpTo(last));
        pile.clear();
        pile.shrink_to(PILE_KEPT_BYTES);
    }
    Ok(())
}
