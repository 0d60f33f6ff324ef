// SPDX-License-Identifier: LGPL-2.1-or-later
package org.lwm2md.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

import org.eclipse.leshan.server.LeshanServerBuilder;
import org.eclipse.leshan.servers.security.EditableSecurityStore;
import org.eclipse.leshan.servers.security.InMemorySecurityStore;
import org.eclipse.leshan.servers.security.NonUniqueSecurityInfoException;
import org.eclipse.leshan.servers.security.SecurityInfo;

/**
 * What a server needs for DTLS, from a directory: server.pem and server.key, ca.pem, and "clients", whose lines are
 * "ENDPOINT x509" or "ENDPOINT psk IDENTITY KEY".
 */
final class Secure {
        private Secure() {
        }

        private static X509Certificate[] certificates(Path file) throws IOException, GeneralSecurityException {
                try (InputStream input = Files.newInputStream(file)) {
                        return CertificateFactory.getInstance("X.509").generateCertificates(input)
                                        .toArray(new X509Certificate[0]);
                }
        }

        private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
                String text = Files.readString(file).replaceAll("-----[A-Z ]+-----", "");
                return KeyFactory.getInstance("EC")
                                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(text)));
        }

        private static SecurityInfo client(String line) {
                String[] words = line.split(" ");
                return words[1].equals("x509") ? SecurityInfo.newX509CertInfo(words[0])
                                : SecurityInfo.newPreSharedKeyInfo(words[0], words[2],
                                                HexFormat.of().parseHex(words[3]));
        }

        static void configure(LeshanServerBuilder builder, Path directory) throws IOException {
                EditableSecurityStore store = new InMemorySecurityStore();
                try {
                        for (String line : Files.readAllLines(directory.resolve("clients")))
                                store.add(client(line));
                        builder.setPrivateKey(key(directory.resolve("server.key")));
                        builder.setCertificateChain(certificates(directory.resolve("server.pem")));
                        builder.setTrustedCertificates(certificates(directory.resolve("ca.pem")));
                } catch (GeneralSecurityException | NonUniqueSecurityInfoException reason) {
                        throw new IOException(reason);
                }
                builder.setSecurityStore(store);
        }
}
