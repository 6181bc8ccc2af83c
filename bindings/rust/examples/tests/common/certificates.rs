//! Certificates that are too large for one datagram, made by openssl.

use std::path::Path;
use std::process::Command;

use lake::{Credential, Secret};

/// An end entity with a key, and the authority that certifies it: 1 kB each.
pub struct Certified {
    pub ders: [Vec<u8>; 2],
    pub pem: Secret,
}

impl Certified {
    /// `algorithm`: P-256, ed25519, x25519. The authority of the last two signs with Ed25519.
    pub fn new(name: &str, algorithm: &str) -> Certified {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{algorithm}"));
        std::fs::create_dir_all(&folder).unwrap();
        let of = |algorithm| match algorithm {
            "P-256" => "EC -pkeyopt ec_paramgen_curve:P-256",
            other => other,
        };
        let signer = if algorithm == "P-256" { algorithm } else { "ed25519" };
        let comment = format!("nsComment={}\n", "x".repeat(900));
        let write = |name, text| std::fs::write(folder.join(name), text).unwrap();
        write("authority.ext", format!("{comment}basicConstraints=critical,CA:TRUE\n"));
        write("0.ext", comment);
        let run = |command: &str| {
            let mut openssl = Command::new("openssl");
            let output = openssl.args(command.split_whitespace()).current_dir(&folder).output().expect("openssl");
            assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        };
        for (name, algorithm) in [("0", algorithm), ("authority", signer)] {
            run(&format!("genpkey -algorithm {} -out {name}.key", of(algorithm)));
            run(&format!("pkey -in {name}.key -pubout -out {name}.public"));
        }
        for (file, subject, signed) in [
            ("authority", &format!("{name}-authority"), "-signkey authority.key"),
            ("0", &name.into(), "-CA authority.pem -CAkey authority.key"),
        ] {
            run(&format!(
                "x509 -new -force_pubkey {file}.public -subj /CN={subject} -days 2 -set_serial 1
                 -extfile {file}.ext {signed} -out {file}.pem"
            ));
            run(&format!("x509 -in {file}.pem -outform DER -out {file}.der"));
        }
        let read = |name: &str| std::fs::read(folder.join(name)).unwrap();
        Certified { ders: [read("0.der"), read("authority.der")], pem: Secret::from(read("0.key")) }
    }

    pub fn subject(&self) -> String {
        Credential::from_x509(&self.ders[..1]).and_then(|made| made.subject()).unwrap()
    }

    /// Sent by value: x5chain, or c5c.
    pub fn credential(&self, kind: &str) -> Credential {
        let made = match kind {
            "x5chain" => Credential::from_x509(&self.ders),
            _ => Credential::from_c509(&self.ders.each_ref().map(|der| lake::x509_to_c509(der).unwrap())),
        };
        made.and_then(|made| made.with_private_key_pem(&self.pem)).unwrap()
    }
}
