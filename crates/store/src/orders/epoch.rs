//! An epoch: some hundred thousand payouts in a row, and where the order of each is found. Pure.
//!
//! Its orders are spread over pages by a hash, and sorted within each. The pages of an open epoch are in memory; those of a
//! closed one are rows, and stand behind a [`Filter`] in memory.

use super::Form;
use sha2::{Digest, Sha256};

/// What is kept of an order: its place among the pages, and what it is known by there. Two orders may share both: whoever finds one
/// looks at the payout itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Key(u64);

impl Key {
    /// Of an order. It stands in databases: it must never be computed in another way.
    pub(crate) fn of(merchant: i64, order_id: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(merchant.to_be_bytes());
        hash.update(order_id.as_bytes());
        let hash: [u8; 32] = hash.finalize().into();
        let [a, b, c, d, e, f, g, h, ..] = hash;
        Self(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }

    /// Which page of an epoch it stands on.
    pub(super) fn page(self, form: Form) -> usize {
        let low = self.0 & u64::from(u32::MAX);
        usize::try_from(low).unwrap_or_default() % form.pages
    }

    /// What it is known by there.
    pub(super) fn mark(self) -> u32 {
        u32::try_from(self.0 >> 32).unwrap_or_default()
    }
}

/// An order on a page: its mark, and which payout of the epoch it is, counted from 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Entry {
    pub(super) mark: u32,
    pub(super) place: u32,
}

/// Orders, sorted by their marks.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Page(Vec<Entry>);

/// Of an entry in a row: two numbers of four bytes.
const ENTRY_BYTES: usize = 8;

impl Page {
    pub(super) fn add(&mut self, entry: Entry) {
        if let Err(at) = self.0.binary_search(&entry) {
            self.0.insert(at, entry);
        }
    }

    pub(super) fn remove(&mut self, entry: Entry) {
        if let Ok(at) = self.0.binary_search(&entry) {
            self.0.remove(at);
        }
    }

    /// The places of the orders with this mark: hardly ever more than one.
    pub(super) fn places(&self, mark: u32) -> impl Iterator<Item = u32> {
        let from = self.0.partition_point(|entry| entry.mark < mark);
        let same = self.0[from..].iter().take_while(move |entry| entry.mark == mark);
        same.map(|entry| entry.place)
    }

    pub(super) fn marks(&self) -> impl Iterator<Item = u32> {
        self.0.iter().map(|entry| entry.mark)
    }

    /// As it stands in a row.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let each = |entry: &Entry| [entry.mark.to_be_bytes(), entry.place.to_be_bytes()].concat();
        self.0.iter().flat_map(each).collect()
    }

    /// From a row. `None`: these bytes are no page.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let entries: Vec<Entry> = bytes
            .chunks(ENTRY_BYTES)
            .map(|entry| match *entry {
                [a, b, c, d, e, f, g, h] => Some(Entry {
                    mark: u32::from_be_bytes([a, b, c, d]),
                    place: u32::from_be_bytes([e, f, g, h]),
                }),
                _ => None,
            })
            .collect::<Option<_>>()?;
        entries.is_sorted().then_some(Self(entries))
    }
}

/// The pages of an epoch, all in memory.
pub(crate) fn empty_pages(form: Form) -> Vec<Page> {
    vec![Page::default(); form.pages]
}

/// 64 bytes that lie together in memory, so that a look costs one access.
type Line = [u64; 8];

/// Bits of a line.
const LINE_BITS: u64 = 512;

/// Lines for a page. With 440 orders on a page it is 18.6 bits for each, and one order in some 2,000 is taken for one that is there.
const LINES: u64 = 16;

/// Bits that each order sets in its line.
const BITS_SET: usize = 7;

/// Says of an order that it is certainly not on the pages that were added, or may be: a Bloom filter in lines.
#[derive(Default)]
pub(super) struct Filter(Vec<Line>);

/// What is looked at in a filter for one order: the same in every epoch.
pub(super) struct Glance {
    line: usize,
    bits: Line,
}

impl Glance {
    /// Of the order with this mark on this page. All bits come from one mixed number, nine bits at a time.
    pub(super) fn at(page: usize, mark: u32) -> Self {
        let mut left = mixed(u64::from(mark) ^ ((page as u64) << 32));
        let mut bits = Line::default();
        for _ in 0..BITS_SET {
            let bit = left % LINE_BITS;
            left /= LINE_BITS;
            bits[usize::try_from(bit / 64).unwrap_or_default()] |= 1 << (bit % 64);
        }
        let in_page = usize::try_from(u64::from(mark) % LINES).unwrap_or_default();
        let line = page * lines() + in_page;
        Self { line, bits }
    }
}

fn lines() -> usize {
    usize::try_from(LINES).unwrap_or_default()
}

impl Filter {
    /// Adds the orders of a page.
    pub(super) fn add(&mut self, form: Form, page: usize, orders: &Page) {
        if self.0.is_empty() {
            self.0 = vec![Line::default(); form.pages * lines()];
        }
        for mark in orders.marks() {
            let Glance { line, bits } = Glance::at(page, mark);
            for (word, bits) in self.0[line].iter_mut().zip(bits) {
                *word |= bits;
            }
        }
    }

    /// Whether an order may be there.
    pub(super) fn may_hold(&self, glance: &Glance) -> bool {
        let line = self.0.get(glance.line);
        line.is_some_and(|line| {
            line.iter()
                .zip(glance.bits)
                .all(|(word, bits)| word & bits == bits)
        })
    }
}

/// SplitMix64's mixing: every bit of the answer depends on every bit of the question.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

/// An epoch that is known. Pages before `kept_out` are rows and stand behind the filter; the others are in memory.
#[derive(Default)]
pub(super) struct Epoch {
    filter: Filter,
    pages: Vec<Page>,
    kept_out: usize,
}

/// Where an order may be in an epoch.
pub(super) enum Place<'e> {
    /// Certainly not in it.
    Nowhere,
    /// On this page.
    Here(&'e Page),
    /// Perhaps on the page that is a row.
    InARow,
}

impl Epoch {
    pub(super) fn open(form: Form) -> Self {
        Self {
            filter: Filter::default(),
            pages: empty_pages(form),
            kept_out: 0,
        }
    }

    pub(super) fn look(&self, page: usize, glance: &Glance) -> Place<'_> {
        if page >= self.kept_out {
            return self.pages.get(page).map_or(Place::Nowhere, Place::Here);
        }
        if self.filter.may_hold(glance) {
            Place::InARow
        } else {
            Place::Nowhere
        }
    }

    /// The page that a new order goes to; `None` once it is a row.
    pub(super) fn page_mut(&mut self, page: usize) -> Option<&mut Page> {
        (page >= self.kept_out)
            .then(|| self.pages.get_mut(page))
            .flatten()
    }

    pub(super) fn page(&self, page: usize) -> Option<&Page> {
        (page >= self.kept_out).then(|| self.pages.get(page)).flatten()
    }

    /// Whether nothing of it is in memory but the filter.
    pub(super) fn is_out(&self, form: Form) -> bool {
        self.kept_out == form.pages
    }

    /// The next page became a row.
    pub(super) fn keep_out(&mut self, form: Form, page: &Page) {
        self.filter.add(form, self.kept_out, page);
        self.kept_out += 1;
        if self.kept_out == form.pages {
            self.pages = Vec::new();
        }
    }

    /// So many pages of it are rows: what is in memory of them goes.
    pub(super) fn keep_out_up_to(&mut self, form: Form, pages: usize) {
        while self.kept_out < pages {
            let page = self.pages.get_mut(self.kept_out).map(std::mem::take);
            self.keep_out(form, &page.unwrap_or_default());
        }
    }
}
