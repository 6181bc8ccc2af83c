//! Keys out: for the Initiator from message_3 on, for the Responder when it has verified it.

use std::mem;

use lake_sys as sys;
use zeroize::Zeroize;

use crate::{ffi, Error, Secret, Session};

/// What an OSCORE security context is made of (RFC 9528 appendix A.1).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OscoreContext {
    /// COSE number of the AEAD.
    pub aead: i32,
    /// COSE number of the hash of HKDF.
    pub hash: i32,
    /// Master Secret.
    pub master_secret: Secret,
    /// Master Salt.
    pub master_salt: Secret,
    /// Sender ID: the peer's connection identifier.
    pub sender_id: Vec<u8>,
    /// Recipient ID: one's own connection identifier.
    pub recipient_id: Vec<u8>,
}

/// Keys out.
impl Session {
    /// EDHOC_Exporter (section 4.2.1): `length` bytes for a label and a context. Labels from
    /// 32768 on are for private use. [`Status::Argument`](crate::Status::Argument) above 255
    /// hash lengths, and for the labels 2 and 3, the keys of resumption:
    /// [`resumption_credential`](Session::resumption_credential) derives them.
    pub fn export(&self, label: u64, context: &[u8], length: usize) -> Result<Secret, Error> {
        let (p, n) = ffi::input(context);
        let mut out = zeroize::Zeroizing::new(vec![0; length]);
        self.check(|session| unsafe { sys::lake_session_export(session, label, p, n, out.as_mut_ptr(), length) })?;
        Ok(Secret::from(mem::take(&mut *out)))
    }

    /// EDHOC_KeyUpdate (appendix H), after completion: new keys replace the old ones. Both
    /// sides do it with the same context.
    pub fn key_update(&mut self, context: &[u8]) -> Result<(), Error> {
        let (p, n) = ffi::input(context);
        self.check(|session| unsafe { sys::lake_session_key_update(session, p, n) })
    }

    /// The OSCORE security context. It is the same each time until
    /// [`key_update`](Session::key_update); set it up once only.
    pub fn oscore_context(&self) -> Result<OscoreContext, Error> {
        let mut context = ffi::sized!(lake_oscore_context);
        self.check(|session| unsafe { sys::lake_session_oscore_context(session, &mut context) })?;
        let result = OscoreContext {
            aead: context.aead,
            hash: context.hash,
            master_secret: Secret::from(&context.master_secret[..context.master_secret_len as usize]),
            master_salt: Secret::from(&context.master_salt[..context.master_salt_len as usize]),
            sender_id: context.sender_id[..context.sender_id_len as usize].to_vec(),
            recipient_id: context.recipient_id[..context.recipient_id_len as usize].to_vec(),
        };
        context.master_secret.zeroize();
        context.master_salt.zeroize();
        Ok(result)
    }

    /// The same as the text that libcoap's `coap_new_oscore_conf` takes.
    /// [`Status::Unsupported`](crate::Status::Unsupported) unless the suite is one of 0 to 3, or
    /// if a connection identifier is longer than 7 bytes.
    pub fn oscore_libcoap_conf(&self) -> Result<Secret, Error> {
        ffi::secret(|out, cap, len| unsafe {
            sys::lake_session_oscore_libcoap_conf(self.as_raw(), out.cast(), cap, len)
        })
    }
}
