//! Bytes that must not be seen.

use std::fmt;

use zeroize::Zeroizing;

/// Key material: it is overwritten when it is dropped, and `Debug` shows its length only.
///
/// ```
/// use lake::Secret;
///
/// let key = Secret::from(vec![1, 2, 3]);
/// assert_eq!(format!("{key:?}"), "Secret(3 bytes)");
/// assert_eq!(key.expose(), [1, 2, 3]);
/// ```
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// The bytes. Copies of them are not overwritten.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Secret {
        Secret(Zeroizing::new(bytes))
    }
}

impl From<&[u8]> for Secret {
    fn from(bytes: &[u8]) -> Secret {
        Secret::from(bytes.to_vec())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} bytes)", self.0.len())
    }
}
