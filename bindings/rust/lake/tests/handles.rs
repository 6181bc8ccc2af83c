//! Nothing is left behind. Alone in its process, for the count is of the whole library.

mod common;

use common::{public, run, Pair};
use lake::Resolution;

#[test]
fn everything_is_freed() {
    lake::set_log(|line| assert!(!line.is_empty())).unwrap();
    {
        let pair = Pair::new();
        let known = public(&pair.r);
        let i = pair.initiator().resolver(move |_, _| Ok(Resolution::Trusted(known.clone()))).build().unwrap();
        let r = pair.responder().peer_credential(&public(&pair.i)).verifier(|_, peer| {
            let _kept = peer.clone();
            Ok(())
        });
        let r = r.build().unwrap();
        for _ in 0..3 {
            let (mut i, mut r) = (i.initiator().unwrap(), r.responder().unwrap());
            run(&mut i, &mut r).unwrap();
            let _peer = (i.peer_credential().unwrap(), r.peer_credential().unwrap());
        }
        let _error = lake::Config::builder().suites(&[999]).build();
        assert!(lake::live_handles() > 0);
    }
    lake::clear_log().unwrap();
    assert_eq!(lake::live_handles(), 0);
}
