//! What may stand in a text that people read.

/// Whether `c` shows what it is: no control, no line break, nothing that reverses the text around it, and not the
/// mark that stands where text was lost. The joiners of Indian scripts are fine.
pub(crate) fn is_printable(c: char) -> bool {
    let hidden =
        matches!(c, '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFF}');
    !c.is_control() && !hidden
}
