//! EDHOC resources as links (RFC 9668 section 6).

use lake_sys as sys;

use super::profile::{copy, list};
use super::Profile;
use crate::{ffi, Error, Status};

/// An EDHOC resource, as the answer to GET `/.well-known/core` tells about it.
///
/// ```
/// use lake::coap::{Profile, Resource};
///
/// let text = "</sensors>,</.well-known/edhoc>;rt=core.edhoc;ed-csuite=2;ed-method=3;ed-r;ed-comb-req";
/// let resources = Resource::read_links(text)?;
/// assert_eq!(resources[0].path, "/.well-known/edhoc");
/// assert!(resources[0].responder && !resources[0].initiator);
/// assert_eq!(resources[0].profile.combined_request, Some(true));
/// assert!(text.ends_with(&resources[0].link()?));
/// # Ok::<(), lake::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// Where it is.
    pub path: String,
    /// Whether it takes part in the reverse flow.
    pub initiator: bool,
    /// Whether it takes part in the forward flow.
    pub responder: bool,
    /// Profiles named by their IDs: of what else is here, only the path and `profile.eads` count then.
    pub profile_ids: Vec<i64>,
    /// What it does.
    pub profile: Profile,
}

impl Resource {
    /// Its link. [`Status::Argument`] for what cannot be said in one.
    pub fn link(&self) -> Result<String, Error> {
        let path = ffi::c_text(&self.path)?;
        let mut resource = ffi::sized!(lake_coap_resource);
        (resource.initiator, resource.responder) = (self.initiator.into(), self.responder.into());
        resource.n_profile_ids = copy(&self.profile_ids, &mut resource.profile_ids)?;
        let profile = self.profile.for_c()?;
        ffi::text(|out, cap, len| unsafe {
            sys::lake_coap_link_write(path.as_ptr(), &resource, &profile, out, cap, len)
        })
    }

    /// The EDHOC resources of a link-format document. [`Status::Malformed`].
    pub fn read_links(text: &str) -> Result<Vec<Resource>, Error> {
        let mut found = Vec::new();
        loop {
            match read_link(text, found.len()) {
                Ok(resource) => found.push(resource),
                Err(error) if error.status() == Status::NotFound => return Ok(found),
                Err(error) => return Err(error),
            }
        }
    }
}

fn read_link(text: &str, index: usize) -> Result<Resource, Error> {
    let (p, n) = ffi::input(text.as_bytes());
    let (mut resource, mut profile) = (ffi::sized!(lake_coap_resource), ffi::sized!(lake_coap_profile));
    let path = ffi::text(|out, cap, len| unsafe {
        sys::lake_coap_link_read(p.cast(), n, index, &mut resource, &mut profile, out, cap, len)
    })?;
    Ok(Resource {
        path,
        initiator: resource.initiator == 1,
        responder: resource.responder == 1,
        profile_ids: list(&resource.profile_ids, resource.n_profile_ids),
        profile: Profile::of_c(&profile),
    })
}
