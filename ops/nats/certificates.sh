#!/bin/sh
# Creates a certificate authority and one certificate. All servers of the cluster use this
# certificate for clients and for each other.
#
#   sh certificates.sh FOLDER NAME [NAME|ADDRESS …]
#
# Give ca.pem to the fleet (NATS_CA_FILE) and to the servers. Give server.pem and server.key only to
# the servers. The authority's key is deleted. To renew the certificates, run this script again and
# replace all three files.
set -eu
[ $# -ge 2 ] || { echo "Cannot make certificates: wanted a folder and the name of the servers" >&2; exit 2; }
folder=$1
name=$2
shift

names=""
for one in "$@"; do
  case $one in
    *:* | [0-9]*.[0-9]*.[0-9]*.[0-9]*) names="$names,IP:$one" ;;
    *) names="$names,DNS:$one" ;;
  esac
done

umask 077
mkdir -p "$folder"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat > "$work/server.ext" <<EOF
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = ${names#,}
EOF

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1"; }

new_key "$work/ca.key"
openssl req -x509 -new -key "$work/ca.key" -days 730 -subj "/CN=SuperIMAP NATS authority" \
  -addext "keyUsage = critical, keyCertSign, cRLSign" -out "$folder/ca.pem"
new_key "$folder/server.key"
openssl req -new -key "$folder/server.key" -subj "/CN=$name" -out "$work/server.csr"
openssl x509 -req -in "$work/server.csr" -CA "$folder/ca.pem" -CAkey "$work/ca.key" -CAserial "$work/serial" -CAcreateserial \
  -days 730 -extfile "$work/server.ext" -out "$folder/server.pem" 2> "$work/log" || { cat "$work/log" >&2; exit 1; }
