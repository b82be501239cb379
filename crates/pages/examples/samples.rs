//! Writes every page and asset into a folder, to be looked at: `cargo run -p rokad-pages --example samples FOLDER`.

use std::{env, fs, io, path::Path};

fn main() -> io::Result<()> {
    let folder = env::args()
        .nth(1)
        .ok_or_else(|| io::Error::other("Say into which folder"))?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder.join("assets"))?;
    for asset in rokad_pages::assets::assets() {
        fs::write(folder.join(asset.path.trim_start_matches('/')), asset.bytes)?;
    }
    for (name, html) in rokad_pages::checkout::samples::samples() {
        fs::write(folder.join(name).with_extension("html"), html)?;
    }
    Ok(())
}
