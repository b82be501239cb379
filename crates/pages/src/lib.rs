//! What is seen: pages, rendered from values. Pure: no I/O, no clock, no database.
