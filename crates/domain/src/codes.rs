//! Codes: the number or the text that stands for a value in the database, in files, on the rails. Each is written once.

/// Gives an enum its codes, and with `and words` the words that people and merchants read: `ALL`, `code`, `from_code`, `word`,
/// `from_word`. A variant without a code does not compile, and neither does a code that stands for two.
macro_rules! codes {
    ($name:ident as text { $($one:ident = $code:literal,)+ }) => {
        $crate::codes::codes! { @ALL $name, (Self, &'static str) { $((Self::$one, $code),)+ } }
        $crate::codes::codes! { @there $name, code, &'static str { $($one = $code,)+ } }
        $crate::codes::codes! { @back $name, from_code, &str { $($one = $code,)+ } }
    };
    ($name:ident as i64 { $($one:ident = $code:literal,)+ }) => {
        $crate::codes::codes! { @ALL $name, (Self, i64) { $((Self::$one, $code),)+ } }
        $crate::codes::codes! { @there $name, code, i64 { $($one = $code,)+ } }
        $crate::codes::codes! { @back $name, from_code, i64 { $($one = $code,)+ } }
    };
    ($name:ident as i64 and words { $($one:ident = $code:literal $word:literal,)+ }) => {
        $crate::codes::codes! { @ALL $name, (Self, i64, &'static str) { $((Self::$one, $code, $word),)+ } }
        $crate::codes::codes! { @there $name, code, i64 { $($one = $code,)+ } }
        $crate::codes::codes! { @back $name, from_code, i64 { $($one = $code,)+ } }
        $crate::codes::codes! { @there $name, word, &'static str { $($one = $word,)+ } }
        $crate::codes::codes! { @back $name, from_word, &str { $($one = $word,)+ } }
    };
    (@ALL $name:ident, $row:ty { $($rows:tt)+ }) => {
        impl $name {
            /// Every one, with what stands for it.
            pub const ALL: &[$row] = &[$($rows)+];
        }
    };
    (@there $name:ident, $there:ident, $code:ty { $($one:ident = $its:literal,)+ }) => {
        impl $name {
            /// What stands for it.
            #[must_use]
            pub const fn $there(self) -> $code {
                match self {
                    $(Self::$one => $its,)+
                }
            }
        }
    };
    (@back $name:ident, $back:ident, $code:ty { $($one:ident = $its:literal,)+ }) => {
        impl $name {
            /// The one that this stands for.
            #[must_use]
            pub fn $back(code: $code) -> Option<Self> {
                match code {
                    $($its => Some(Self::$one),)+
                    _ => None,
                }
            }
        }
    };
}

pub(crate) use codes;
