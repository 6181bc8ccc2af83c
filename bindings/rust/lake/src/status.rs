//! The status codes of failed calls, from the one table that all languages share.

use std::fmt;

macro_rules! statuses {
    ($($group:ident $meaning:literal { $($status:ident $number:literal $name:literal $text:literal;)* })*) => {
        /// What kind of failure a [`Status`] is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Group {
            $(#[doc = $meaning] $group,)*
        }

        /// Why a call failed: the `LAKE_ERR_*` codes of lake.h.
        ///
        /// ```
        /// use lake::{Group, Status};
        ///
        /// assert_eq!(Status::Mac.to_string(), "the MAC does not verify");
        /// assert_eq!(Status::Mac.name(), "LAKE_ERR_MAC");
        /// assert_eq!(Status::Mac.group(), Group::Authentication);
        /// assert_eq!(Status::from_code(-82), Some(Status::Mac));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(i32)]
        pub enum Status {
            $($(#[doc = concat!("`", $name, "`: ", $text, ".")] $status = $number,)*)*
        }

        impl Status {
            /// Every status, in the order of the table.
            pub const ALL: &'static [Status] = &[$($(Status::$status,)*)*];

            /// The status of a number of lake.h; `None` for success, pending and unknown ones.
            pub fn from_code(code: i32) -> Option<Status> {
                match code {
                    $($($number => Some(Status::$status),)*)*
                    _ => None,
                }
            }

            /// Its name in lake.h.
            pub fn name(self) -> &'static str {
                match self {
                    $($(Status::$status => $name,)*)*
                }
            }

            /// Its meaning, for people.
            pub fn text(self) -> &'static str {
                match self {
                    $($(Status::$status => $text,)*)*
                }
            }

            /// What kind of failure it is.
            pub fn group(self) -> Group {
                match self {
                    $($(Status::$status)|* => Group::$group,)*
                }
            }
        }
    };
}

include!("status_table.rs");

impl Status {
    /// Its number in lake.h.
    pub fn code(self) -> i32 {
        self as i32
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}
