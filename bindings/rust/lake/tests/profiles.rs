//! Profiles and links: what a server tells beforehand, and what a client makes of it.

mod common;

use common::coap::{run, Host};
use common::Pair;
use lake::coap::{Client, EventKind, Profile, Resource, Server, Step, PATH};
use lake::{Role, Status};

/// The EAD label of advertisements.
const LABEL: i64 = 32791;

fn links(pair: &Pair) -> String {
    let server = Server::builder(|_| Ok(())).responder(&pair.of_server().build().unwrap()).build().unwrap();
    format!("</sensors>,{}", server.link(PATH, true).unwrap())
}

fn client(pair: &Pair, suites: &[i32]) -> Client {
    Client::new(&pair.of_client().suites(suites).build().unwrap(), Role::Initiator, None).unwrap()
}

#[test]
fn profiles_of_configs() {
    let pair = Pair::new();
    let config = pair.of_server().ead_labels(&[70]).require_message_4(true).build().unwrap();
    let profile = Profile::of(&config, Role::Responder, false).unwrap();
    assert_eq!((&*profile.methods, &*profile.suites, &*profile.cred_types), (&[3][..], &[2][..], &[1][..]));
    assert_eq!((profile.message_4, profile.combined_request, profile.id), (Some(true), None, None));
    assert!(profile.eads.contains(&70), "{profile:?}");
    let open = pair.of_server().build().unwrap();
    assert_eq!(Profile::of(&open, Role::Responder, true).unwrap().combined_request, Some(true));
    assert_eq!(profile.encode().unwrap_err().status(), Status::Argument); // it has no ID
    let named = Profile { id: Some(1000), ..profile };
    assert_eq!(Profile::decode(&named.encode().unwrap()).unwrap(), named);
}

#[test]
fn profiles_that_are_none() {
    assert_eq!(Profile::well_known(-9999).unwrap_err().status(), Status::NotFound);
    for bytes in [&b""[..], b"\xff", b"\x41\x01", b"\xa1\x01"] {
        assert_eq!(Profile::decode(bytes).unwrap_err().status(), Status::Malformed, "{bytes:?}");
    }
    let (known, _) = Profile::well_known(0).unwrap();
    for profile in [
        Profile::default(),
        Profile { methods: vec![], ..known.clone() },
        Profile { methods: vec![3, 3], ..known.clone() },
        Profile { suites: (0..65).collect(), ..known.clone() },
        Profile { exports: [(0, 16)].into(), ..known },
    ] {
        assert_eq!(profile.encode().unwrap_err().status(), Status::Argument, "{profile:?}");
    }
}

#[test]
fn links_are_read_and_written() {
    let text = "</a>;rt=\"core.edhoc other\";ed-prof=1,</b>;rt=sensor,</c>;rt=core.edhoc;ed-r;ed-method=0;ed-method=3";
    let found = Resource::read_links(text).unwrap();
    assert_eq!(found.iter().map(|resource| &*resource.path).collect::<Vec<_>>(), ["/a", "/c"]);
    assert_eq!(found[0].profile_ids, [1]);
    assert!(found[1].responder && !found[1].initiator && found[1].profile_ids.is_empty());
    assert_eq!((&*found[1].profile.methods, found[1].profile.combined_request), (&[0, 3][..], None));
    assert_eq!(Resource::read_links(&found[1].link().unwrap()).unwrap(), found[1..]);
    assert!(Resource::read_links("").unwrap().is_empty());
    for text in ["<", "</a>;rt=core.edhoc </b>", "</a>;rt=\"core.edhoc", "nothing"] {
        assert_eq!(Resource::read_links(text).unwrap_err().status(), Status::Malformed, "{text}");
    }
    for path in ["", "a\0b", "/a>b", "/\n"] {
        let resource = Resource { path: path.into(), responder: true, ..Resource::default() };
        assert_eq!(resource.link().unwrap_err().status(), Status::Argument, "{path:?}");
    }
}

#[test]
fn clients_find_out_beforehand() {
    let host = Host::forward();
    let links = links(&host.pair);
    // Without it, the suite 3 would be tried first.
    let mut client = client(&host.pair, &[3, 2]);
    assert_eq!(client.discover(&links).unwrap(), PATH);
    assert_eq!(run(&host.server, &mut client).unwrap().len(), 2);
    assert!(matches!(host.event().kind, EventKind::Established(_)));
}

#[test]
fn clients_that_nothing_suits() {
    let pair = Pair::new();
    let links = links(&pair);
    for text in ["", "</sensors>", &links.replace("ed-csuite=2", "ed-csuite=24"), &links.replace("ed-r", "ed-i")] {
        let mut client = client(&pair, &[2]);
        assert_eq!(client.discover("<").unwrap_err().status(), Status::Malformed);
        let error = client.discover(text).unwrap_err(); // not that of the call before
        assert_eq!(error.status(), Status::NotFound);
        assert!(error.to_string().starts_with(Status::NotFound.text()), "{error}");
    }
    let (other, _) = Profile::well_known(0).unwrap();
    let suit = |profile: Profile| client(&pair, &[2]).suit(&profile).unwrap_err().status();
    assert_eq!(suit(Profile { suites: vec![24], methods: vec![3], ..Profile::default() }), Status::NoCommonSuite);
    assert_eq!(suit(Profile { suites: vec![2], methods: vec![0], ..Profile::default() }), Status::Method);
    assert_eq!(suit(Profile { suites: vec![2; 65], ..other }), Status::Argument);
}

#[test]
fn settings_are_frozen_by_the_start() {
    let pair = Pair::new();
    let mut client = client(&pair, &[2]);
    let profile = Profile { suites: vec![2], methods: vec![3], ..Profile::default() };
    client.suit(&profile).unwrap();
    let Step::Send(_) = client.start().unwrap() else { panic!() };
    for error in [
        client.suit(&profile),
        client.add_profile(&profile),
        client.ask_profiles(true),
        client.discover(&links(&pair)).map(drop),
        client.set_prepare(|_| Ok(())),
    ] {
        assert_eq!(error.unwrap_err().status(), Status::Frozen);
    }
}

#[test]
fn profiles_are_advertised() {
    let (ours, _) = Profile::well_known(1).unwrap();
    let theirs = Profile { methods: vec![3], suites: vec![2], message_4: Some(false), ..Profile::default() };
    let theirs = Profile { exports: [(1, 8), (0, 16), (40_000, 32)].into(), ..theirs };
    let host = Host::new(|pair, server| {
        server.responder(&pair.of_server().ead_labels(&[LABEL]).build().unwrap()).profile(&theirs)
    });
    let config = host.pair.of_client().ead_labels(&[LABEL]).build().unwrap();
    let mut client = Client::new(&config, Role::Initiator, None).unwrap();
    client.add_profile(&Profile { id: ours.id, ..Profile::default() }).unwrap();
    client.ask_profiles(true).unwrap();
    assert_eq!(client.peer_profiles().unwrap_err().status(), Status::State);
    run(&host.server, &mut client).unwrap();
    assert_eq!(client.peer_profiles().unwrap(), [theirs]);
    let EventKind::Established(session) = host.event().kind else { panic!() };
    let advertised = session.advertised(1).unwrap();
    assert_eq!((advertised.profiles[0].id, advertised.profiles.len(), advertised.ask), (ours.id, 1, Some(true)));
    assert_eq!(session.advertised(2).unwrap(), lake::coap::Advertised::default());
    assert_eq!(session.advertised(5).unwrap_err().status(), Status::Argument);

    // Who does not ask is not told.
    let mut client = Client::new(&config, Role::Initiator, None).unwrap();
    run(&host.server, &mut client).unwrap();
    assert!(client.peer_profiles().unwrap().is_empty());
}
