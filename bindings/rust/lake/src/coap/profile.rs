//! Application profiles: what a server or client does, to be told beforehand
//! (draft-ietf-lake-app-profiles).

use std::collections::BTreeMap;

use lake_sys as sys;

use crate::{ffi, Config, Error, Role, Session, Status};

/// What somebody does. A list that is empty says nothing; it does not mean that there is none.
///
/// ```
/// use lake::coap::Profile;
///
/// let (profile, name) = Profile::well_known(0)?;
/// println!("{name} has the methods {:?}", profile.methods);
/// assert_eq!(Profile::decode(&profile.encode()?)?, profile);
/// # Ok::<(), lake::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Its Profile ID, if it has one.
    pub id: Option<i64>,
    /// The methods.
    pub methods: Vec<i64>,
    /// The cipher suites.
    pub suites: Vec<i64>,
    /// The types of authentication credentials: 0 CWT, 1 CCS, 2 X.509, 3 C509.
    pub cred_types: Vec<i64>,
    /// The ways to refer to credentials: COSE header parameters, as in [`Id`](crate::Id).
    pub id_cred_types: Vec<i64>,
    /// The labels of EAD items, positive.
    pub eads: Vec<i64>,
    /// Output lengths of the exporter, by their labels; only in what is advertised in EAD.
    pub exports: BTreeMap<u64, u64>,
    /// Whether message_4 is sent, if that is said.
    pub message_4: Option<bool>,
    /// Whether combined requests are taken.
    pub combined_request: Option<bool>,
    /// Whether sessions are resumed with EDHOC-PSK.
    pub resumption: Option<bool>,
}

impl Profile {
    /// What an endpoint with this config does in a role; and whether it also does combined
    /// requests.
    pub fn of(config: &Config, role: Role, combined_request: bool) -> Result<Profile, Error> {
        profile(|out| unsafe {
            sys::lake_coap_profile_of(config.as_raw(), role.number(), combined_request.into(), out)
        })
    }

    /// A well-known profile, and its name. [`Status::NotFound`].
    pub fn well_known(id: i64) -> Result<(Profile, String), Error> {
        let mut found = ffi::sized!(lake_coap_profile);
        let name =
            ffi::text(|out, cap, len| unsafe { sys::lake_coap_profile_well_known(id, &mut found, out, cap, len) })?;
        Ok((Profile::of_c(&found), name))
    }

    /// The EDHOC_Application_Profile object. [`Status::Argument`] without ID, methods or credential
    /// types, and for lists with repetitions or more than 64 items.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let profile = self.for_c()?;
        ffi::list(|out, cap, len| unsafe { sys::lake_coap_profile_encode(&profile, out, cap, len) })
    }

    /// Reads one; elements that are not known are passed over. [`Status::Malformed`].
    pub fn decode(bytes: &[u8]) -> Result<Profile, Error> {
        let (p, n) = ffi::input(bytes);
        profile(|out| unsafe { sys::lake_coap_profile_decode(p, n, out) })
    }

    pub(super) fn for_c(&self) -> Result<sys::lake_coap_profile, Error> {
        let mut out = ffi::sized!(lake_coap_profile);
        (out.has_id, out.id) = (self.id.is_some().into(), self.id.unwrap_or_default());
        out.message_4 = said(self.message_4);
        out.combined_request = said(self.combined_request);
        out.resumption = said(self.resumption);
        out.n_methods = copy(&self.methods, &mut out.methods)?;
        out.n_suites = copy(&self.suites, &mut out.suites)?;
        out.n_cred_types = copy(&self.cred_types, &mut out.cred_types)?;
        out.n_id_cred_types = copy(&self.id_cred_types, &mut out.id_cred_types)?;
        out.n_eads = copy(&self.eads, &mut out.eads)?;
        let (labels, lengths): (Vec<u64>, Vec<u64>) = self.exports.iter().unzip();
        out.n_exports = copy(&labels, &mut out.export_labels)?;
        copy(&lengths, &mut out.export_lengths)?;
        Ok(out)
    }

    pub(super) fn of_c(profile: &sys::lake_coap_profile) -> Profile {
        let exports = profile.export_labels.iter().copied().zip(profile.export_lengths);
        Profile {
            id: (profile.has_id == 1).then_some(profile.id),
            methods: list(&profile.methods, profile.n_methods),
            suites: list(&profile.suites, profile.n_suites),
            cred_types: list(&profile.cred_types, profile.n_cred_types),
            id_cred_types: list(&profile.id_cred_types, profile.n_id_cred_types),
            eads: list(&profile.eads, profile.n_eads),
            exports: exports.take(profile.n_exports as usize).collect(),
            message_4: heard(profile.message_4),
            combined_request: heard(profile.combined_request),
            resumption: heard(profile.resumption),
        }
    }
}

/// One profile that a call writes.
pub(super) fn profile(call: impl FnOnce(*mut sys::lake_coap_profile) -> i32) -> Result<Profile, Error> {
    let mut out = ffi::sized!(lake_coap_profile);
    ffi::check(call(&mut out)).map(|()| Profile::of_c(&out))
}

/// The profiles that a call writes one by one, by their index.
pub(super) fn profiles(mut call: impl FnMut(usize, *mut sys::lake_coap_profile) -> i32) -> Result<Vec<Profile>, Error> {
    let mut found = Vec::new();
    loop {
        match profile(|out| call(found.len(), out)) {
            Ok(profile) => found.push(profile),
            Err(error) if error.status() == Status::NotFound => return Ok(found),
            Err(error) => return Err(error),
        }
    }
}

/// LAKE_COAP_YES, LAKE_COAP_NO or LAKE_COAP_UNSAID.
pub(super) fn said(feature: Option<bool>) -> i32 {
    match feature {
        Some(true) => sys::LAKE_COAP_YES,
        Some(false) => sys::LAKE_COAP_NO,
        None => sys::LAKE_COAP_UNSAID,
    }
}

fn heard(feature: i32) -> Option<bool> {
    match feature {
        sys::LAKE_COAP_YES => Some(true),
        sys::LAKE_COAP_NO => Some(false),
        _ => None,
    }
}

/// The beginning of an array of lake.h that is in use.
pub(super) fn list(items: &[i64; sys::LAKE_COAP_LIST_MAX as usize], n: u32) -> Vec<i64> {
    items[..n as usize].to_vec()
}

/// Fills one, and says how much of it is in use.
pub(super) fn copy<T: Copy>(items: &[T], out: &mut [T; sys::LAKE_COAP_LIST_MAX as usize]) -> Result<u32, Error> {
    let room = out.get_mut(..items.len());
    room.ok_or_else(|| Error::of_argument("a list has room for 64 items", format!("{} items", items.len())))?
        .copy_from_slice(items);
    Ok(items.len() as u32)
}

/// What the peer of a session has advertised: [`Session::advertised`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Advertised {
    /// Its profiles.
    pub profiles: Vec<Profile>,
    /// Whether it wants to be told ours, if it says that.
    pub ask: Option<bool>,
}

/// Application profiles.
impl Session {
    /// The profiles that the peer has advertised in message_1 or message_2. The config has to
    /// have the EAD label 32791 ([`ead_labels`](crate::ConfigBuilder::ead_labels)).
    /// [`Status::Malformed`].
    pub fn advertised(&self, message: u8) -> Result<Advertised, Error> {
        let mut ask = sys::LAKE_COAP_UNSAID;
        let profiles = profiles(|index, out| unsafe {
            sys::lake_coap_session_peer_profile(self.as_raw(), message.into(), index, out, &mut ask)
        })?;
        Ok(Advertised { profiles, ask: heard(ask) })
    }
}
