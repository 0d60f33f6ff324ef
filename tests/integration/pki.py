# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Certificates by the openssl command line, made when a script runs.

    pki = Pki(bench.directory / "pki")
    pki.authority("ca")
    pki.certificate("server", issuer="ca", names="DNS:lwm2m.example,IP:127.0.0.1")
    pki.file("server")          # server.pem, and pki.key("server"), server.key
"""

import subprocess

from lib import Failed, tool

CONFIGURATION = """
[ca]
default_ca=one
[one]
database=%(directory)s/index
new_certs_dir=%(directory)s
serial=%(directory)s/serial
default_md=sha256
policy=any
unique_subject=no
copy_extensions=none
[any]
commonName=supplied
[req]
distinguished_name=dn
prompt=no
[dn]
CN=none
"""


class Pki:
    def __init__(self, directory):
        self.directory = directory
        directory.mkdir()
        (directory / "index").touch()
        (directory / "serial").write_text("1000\n")
        (directory / "openssl.cnf").write_text(CONFIGURATION % {"directory": directory})

    def file(self, name):
        return self.directory / (name + ".pem")

    def key(self, name):
        return self.directory / (name + ".key")

    def openssl(self, *arguments):
        done = subprocess.run([tool("openssl"), *map(str, arguments)], cwd=self.directory, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            raise Failed("openssl %s: %s" % (arguments[0], done.stderr))
        return done.stdout

    def _make(self, name, subject, issuer, extensions, begins, ends):
        """Dates as openssl ca has them: YYYYMMDDHHMMSSZ."""
        request = self.directory / (name + ".csr")
        (self.directory / "extensions").write_text(extensions)
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                     self.key(name), "-out", request, "-subj", "/CN=" + subject, "-config", "openssl.cnf")
        self.key(name).chmod(0o600)
        by = ("-selfsign", "-keyfile", self.key(name)) if issuer is None else (
            "-cert", self.file(issuer), "-keyfile", self.key(issuer))
        self.openssl("ca", "-batch", "-notext", "-config", "openssl.cnf", "-in", request, "-out", self.file(name),
                     "-extfile", "extensions", "-startdate", begins, "-enddate", ends, *by)
        return self.file(name)

    def authority(self, name, issuer=None):
        return self._make(name, name, issuer, "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n"
                          "subjectKeyIdentifier=hash\n", "20200101000000Z", "20991231000000Z")

    def certificate(self, name, issuer, subject=None, names=None, purposes=None, begins="20200101000000Z",
                    ends="20991231000000Z"):
        extensions = "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nsubjectKeyIdentifier=hash\n"
        if names:
            extensions += "subjectAltName=%s\n" % names
        if purposes:
            extensions += "extendedKeyUsage=%s\n" % purposes
        return self._make(name, subject or name, issuer, extensions, begins, ends)

    def chain(self, name, *above):
        """NAME.pem is followed by those above it."""
        text = "".join(self.file(each).read_text() for each in (name, *above))
        self.file(name).write_text(text)
        return self.file(name)

    def der(self, name):
        """Certificate and key as DER: two files."""
        certificate, key = self.directory / (name + ".crt"), self.directory / (name + ".p8")
        self.openssl("x509", "-in", self.file(name), "-outform", "DER", "-out", certificate)
        self.openssl("pkcs8", "-topk8", "-nocrypt", "-in", self.key(name), "-outform", "DER", "-out", key)
        key.chmod(0o600)
        return certificate, key

    def digest(self, name, kind):
        """A file with the digest as openssl prints it."""
        text = self.openssl("x509", "-in", self.file(name), "-noout", "-fingerprint", "-" + kind)
        path = self.directory / ("%s.%s" % (name, kind))
        path.write_text(text.split("=", 1)[1])
        return path
