//! Whom one means, what was revoked, and by what keys are forgotten.

mod common;

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use common::{run, Pair};
use lake::{
    Config, ConfigBuilder, Credential, Data, Error, Id, Name, PeerPolicy, ResumptionOptions, ResumptionStore, Role,
    Secret, Session, Status, Step,
};

const FILES: &str = r#"
ext() { printf '%s\n' "$@" >extensions; }
openssl genpkey -algorithm ed25519 -out root.key
openssl req -x509 -new -key root.key -subj /CN=root -days 9 -addext keyUsage=critical,keyCertSign,cRLSign -out root.pem
for name in server sensor; do
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out $name.key
    openssl req -new -key $name.key -subj /CN=$name -out $name.csr
    ext subjectAltName=DNS:$name.example extendedKeyUsage=serverAuth
    openssl x509 -req -in $name.csr -CA root.pem -CAkey root.key -days 9 -extfile extensions -out $name.pem
done
printf '%s\n' '[ca]' default_ca=list '[list]' database=index crlnumber=number default_md=default \
    crl_extensions=extensions '[extensions]' authorityKeyIdentifier=keyid >list.cnf
: >index
echo 01 >number
openssl ca -config list.cnf -cert root.pem -keyfile root.key -gencrl -crldays 7 -out nobody.crl
openssl ca -config list.cnf -cert root.pem -keyfile root.key -revoke sensor.pem
openssl ca -config list.cnf -cert root.pem -keyfile root.key -gencrl -crldays 7 -out sensor.crl
"#;

fn file(name: &str) -> Vec<u8> {
    static MADE: OnceLock<()> = OnceLock::new();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("trust");
    MADE.get_or_init(|| {
        std::fs::create_dir_all(&folder).unwrap();
        let done = Command::new("sh").args(["-ec", FILES]).current_dir(&folder).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    });
    std::fs::read(folder.join(name)).unwrap()
}

fn certificate(name: &str) -> Credential {
    let made = Credential::from_pem(&file(&format!("{name}.pem"))).unwrap().with_id(Id::X5chain).unwrap();
    made.with_private_key_pem(&Secret::from(file(&format!("{name}.key")))).unwrap()
}

fn config(name: &str) -> ConfigBuilder {
    let root = Credential::from_pem(&file("root.pem")).unwrap();
    let config = Config::builder().suites(&[2]).methods(&[3]).own_credential(&certificate(name));
    config.peer_policy(PeerPolicy::X509).trust_anchor(&root)
}

/// What comes of a run of the sensor with the server.
fn meet(sensor: &Config, server: &Config, expected: Option<Name<'_>>) -> Result<(Session, Session), Error> {
    let (mut i, mut r) = (sensor.initiator()?, server.responder()?);
    if let Some(name) = expected {
        i.expect_peer(name)?;
    }
    let Step::Send(message_1) = i.step(&[])? else { panic!("no message_1") };
    let Step::Send(message_2) = r.step(&message_1)? else { panic!("no message_2") };
    let Step::Complete(Some(message_3)) = i.step(&message_2)? else { panic!("no message_3") };
    let Step::Complete(None) = r.step(&message_3)? else { panic!("not complete") };
    Ok((i, r))
}

fn status<T>(result: Result<T, Error>) -> Option<Status> {
    result.err().map(|error| error.status())
}

#[test]
fn names() {
    let hex =
        |c: &Credential| c.data(Data::PublicKey).unwrap().iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let (server_key, sensor_key) = (hex(&certificate("server")), hex(&certificate("sensor")));
    let rejected = Some(Status::PeerRejected);
    for (name, wanted) in [
        (Name::Dns("server.example"), None),
        (Name::Dns("sensor.example"), rejected),
        (Name::Subject("CN=server"), None),
        (Name::Subject("CN=sensor"), rejected),
        (Name::Key(&server_key), None),
        (Name::Key(&sensor_key), rejected),
        (Name::Ip("192.0.2.1"), rejected),
        (Name::Uri("coap://server.example"), rejected),
        (Name::Eui64("0024befffe804ff1"), rejected),
        (Name::Cwt("CN=server"), rejected),
        (Name::Ccs("CN=server"), rejected),
        (Name::Dns("no name"), Some(Status::Argument)),
        (Name::Ip("server"), Some(Status::Argument)),
        (Name::Dns("a\0b"), Some(Status::Argument)),
    ] {
        let (sensor, server) = (config("sensor").build().unwrap(), config("server").build().unwrap());
        assert_eq!(status(meet(&sensor, &server, Some(name))), wanted, "{name:?}");
        let listed = config("sensor").allow_peer(name).build();
        assert_eq!(status(listed.and_then(|sensor| meet(&sensor, &server, None))), wanted, "{name:?}");
    }
}

#[test]
fn nobody_is_expected() {
    let server = config("server").build().unwrap();
    assert_eq!(status(meet(&config("sensor").build().unwrap(), &server, None)), Some(Status::State));
    for sensor in [config("sensor").allow_any_peer(true), config("sensor").verifier(|_, _| Ok(()))] {
        meet(&sensor.build().unwrap(), &server, None).unwrap();
    }
}

#[test]
fn revocation() {
    let sensor = config("sensor").allow_any_peer(true).build().unwrap();
    let server = config("server").crl(&file("nobody.crl")).build().unwrap();
    meet(&sensor, &server, None).unwrap();
    server.add_crl(&file("sensor.crl")).unwrap(); // also when it is in use
    assert_eq!(status(meet(&sensor, &server, None)), Some(Status::Revoked));
    assert_eq!(status(server.add_crl(b"no list")), Some(Status::CredentialMalformed));
    assert_eq!(status(Config::builder().crl(&file("sensor.crl")).build()), Some(Status::UnknownIssuer));
    for (accept, wanted) in [(false, Some(Status::Revoked)), (true, None)] {
        let later = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() + 8 * 86400;
        let server = config("server").accept_outdated_crls(accept).crl(&file("nobody.crl")).time(later as i64);
        assert_eq!(status(meet(&sensor, &server.build().unwrap(), None)), wanted, "{accept}");
    }
}

#[test]
fn purposes_and_clocks() {
    let server = config("server").build().unwrap();
    for (oid, wanted) in [("1.3.6.1.5.5.7.3.1", None), ("1.3.6.1.5.5.7.3.2", Some(Status::KeyUsage)), ("", None)] {
        let sensor = config("sensor").allow_any_peer(true).key_purpose(Role::Responder, oid).build().unwrap();
        assert_eq!(status(meet(&sensor, &server, None)), wanted, "{oid}");
    }
    assert_eq!(status(config("sensor").key_purpose(Role::Responder, "x").build()), Some(Status::Argument));
    let end = certificate("server").info().unwrap().not_after.unwrap();
    for (seconds, late, wanted) in [(300, 299, None), (300, 301, Some(Status::Expired)), (0, 1, Some(Status::Expired))]
    {
        let sensor = config("sensor").allow_any_peer(true).clock_tolerance(Duration::from_secs(seconds));
        assert_eq!(status(meet(&sensor.time(end + late).build().unwrap(), &server, None)), wanted);
    }
    for seconds in [86401, u64::MAX] {
        let refused = Config::builder().clock_tolerance(Duration::from_secs(seconds)).build();
        assert_eq!(status(refused), Some(Status::Argument));
    }
}

#[test]
fn forgetting() {
    let sensor = config("sensor").allow_any_peer(true).build().unwrap();
    let (_, r) = meet(&sensor, &config("server").build().unwrap(), None).unwrap();
    let peer = r.peer_credential().unwrap();
    let (issuer, serial) = (peer.data(Data::Issuer).unwrap(), peer.data(Data::Serial).unwrap());
    let (print, hash) = (peer.data(Data::Fingerprint).unwrap(), peer.data(Data::KeyHash).unwrap());
    let (cred, none) = (peer.data(Data::Cred).unwrap(), Vec::new());
    for (what, value, serial) in [
        (Data::Fingerprint, &print, &none),
        (Data::KeyHash, &hash, &none),
        (Data::Issuer, &issuer, &serial),
        (Data::Cred, &cred, &none),
    ] {
        let store = ResumptionStore::new(ResumptionOptions::default()).unwrap();
        store.keep(&r).unwrap();
        assert_eq!(store.forget(Data::KeyHash, &[0; 32], b"").unwrap(), 0);
        assert_eq!(store.forget(Data::Issuer, &issuer, b"\x01").unwrap(), 0);
        let forgotten = store.forget(what, value, serial).unwrap();
        assert_eq!((forgotten, store.len().unwrap()), (1, 0), "{what:?}");
        for (what, value) in [(Data::Serial, &hash), (Data::KeyHash, serial)] {
            assert_eq!(status(store.forget(what, value, b"")), Some(Status::Argument), "{what:?}");
        }
    }
    let key = r.resumption_credential(0).unwrap();
    assert_eq!(key.origin_peer().unwrap().data(Data::Fingerprint).unwrap(), peer.data(Data::Fingerprint).unwrap());
    assert_eq!(status(peer.origin_peer()), Some(Status::NotFound));
}

#[test]
fn own_credential() {
    let (mut i, mut r) = Pair::new().sessions();
    assert_eq!(status(i.own_credential()), Some(Status::NotFound));
    run(&mut i, &mut r).unwrap();
    for (own, other) in [(&i, &r), (&r, &i)] {
        let (used, seen) = (own.own_credential().unwrap(), other.peer_credential().unwrap());
        assert_eq!(used.data(Data::Cred).unwrap(), seen.data(Data::Cred).unwrap());
        assert_eq!(status(used.data(Data::Serial)), Some(Status::NotFound));
    }
}
