//! The files that pages load: built into the program, each at a path that names its content, so that browsers may keep
//! them for ever and a new release is seen at once.

use std::sync::LazyLock;

/// A file that pages load.
pub struct Asset {
    /// Where it is served: `/assets/checkout-<hash>.css`.
    pub path: String,
    /// Its media type.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
    /// Sixteen hexadecimal digits that change with the content. For `ETag`, in quotation marks.
    pub hash: String,
}

/// How long browsers may keep an asset. Its path changes with its content.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

static ASSETS: LazyLock<[Asset; 3]> = LazyLock::new(|| {
    [
        asset(
            "checkout",
            "css",
            "text/css; charset=utf-8",
            include_bytes!("../../../web/checkout/checkout.css"),
        ),
        asset(
            "checkout",
            "js",
            "text/javascript; charset=utf-8",
            include_bytes!("../../../web/checkout/checkout.js"),
        ),
        asset(
            "mark",
            "svg",
            "image/svg+xml",
            include_bytes!("../../../web/checkout/mark.svg"),
        ),
    ]
});

fn asset(name: &str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Asset {
    let hash = format!("{:016x}", fnv1a(bytes));
    Asset {
        path: format!("/assets/{name}-{hash}.{extension}"),
        content_type,
        bytes,
        hash,
    }
}

/// Every asset.
#[must_use]
pub fn assets() -> &'static [Asset] {
    &*ASSETS
}

/// The asset at this path.
#[must_use]
pub fn asset_at(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.path == path)
}

/// The stylesheet's, the script's and the mark's path, in this order.
pub(crate) fn checkout_paths() -> (&'static str, &'static str, &'static str) {
    let [css, js, mark] = &*ASSETS;
    (&css.path, &js.path, &mark.path)
}

/// FNV-1a, 64 bits: tells one release's file from another's. Nothing relies on it against an attacker.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a_by_its_published_answers() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn an_asset_is_found_at_its_path_and_nowhere_else() {
        for asset in assets() {
            assert!(asset.path.contains(&asset.hash));
            assert!(std::ptr::eq(asset_at(&asset.path).unwrap(), asset));
        }
        assert!(asset_at("/assets/checkout.css").is_none());
    }
}
