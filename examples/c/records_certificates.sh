#!/bin/sh
# records_certificates.sh <folder> <name>...: an authority in anchor.pem, and for each name an
# Ed25519 key in <name>-key.pem and a certificate in <name>.pem, as DNS name <name>.example.
set -eu

mkdir -p "$1"
cd "$1"
shift
openssl genpkey -algorithm ed25519 -out anchor-key.pem
openssl req -x509 -new -key anchor-key.pem -subj "/CN=authority" -days 2 -out anchor.pem \
    -addext "keyUsage=critical,keyCertSign"
for name; do
    openssl genpkey -algorithm ed25519 -out "$name-key.pem"
    openssl req -new -key "$name-key.pem" -subj "/CN=$name" -out "$name.csr"
    printf 'subjectAltName=DNS:%s.example\nkeyUsage=critical,digitalSignature\n' "$name" >"$name.ext"
    openssl x509 -req -in "$name.csr" -CA anchor.pem -CAkey anchor-key.pem -days 2 -set_serial "0x$(openssl rand -hex 8)" \
        -extfile "$name.ext" -out "$name.pem" 2>/dev/null
    rm "$name.csr" "$name.ext"
done
