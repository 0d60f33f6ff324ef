/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lwm2md.conf says, and what is said about its mistakes. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coap/rpk.h"
#include "daemon/config.h"
#include "daemon/suite.h"
#include "lib/files.h"

#define SERVER "[Server a]\nUri=coap://lwm2m.example.com\nShortServerId=101\n"

#define CERTIFIED "[Server a]\nUri=coaps://lwm2m.example.com\nShortServerId=101\nSecurity=x509\n"
#define SECURE "[Server a]\nUri=coaps://lwm2m.example.com\nShortServerId=101\nSecurity=psk\n"
#define BYTES_16 "000102030405060708090a0b0c0d0e0f"
#define BYTES_64 BYTES_16 BYTES_16 BYTES_16 BYTES_16
#define LONG_43 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define LONG_129 LONG_43 LONG_43 LONG_43

/* One mistake each, as the third line or so of a file "f", and the one line about it. */
static const struct {
        const char *text;
        size_t servers; /* that are left */
        const char *problem;
} mistakes[] = {
        { SERVER "Lifetime=abc\n", 0,
                        "f:4: Lifetime='abc': not a number of seconds that is possible here; give "
                        "1 "
                        "to "
                        "4294967294" },
        { SERVER "Lifetime=0\n", 0,
                        "f:4: Lifetime='0': not a number of seconds that is possible here; give 1 "
                        "to "
                        "4294967294" },
        { SERVER "Lifetime=4294967295\n", 0,
                        "f:4: Lifetime='4294967295': not a number of seconds that is possible "
                        "here; "
                        "give "
                        "1 to 4294967294" },
        { SERVER "DefaultMinimumPeriod=-1\n", 0,
                        "f:4: DefaultMinimumPeriod='-1': not a number of seconds that is possible "
                        "here; "
                        "give 0 to 4294967294" },
        { SERVER "Version=2.0\n", 0,
                        "f:4: Version='2.0': not a version of LwM2M; give 1.0, 1.1 or 1.2" },
        { SERVER "Binding=UQ\n", 0,
                        "f:4: Binding='UQ': queue mode is not in the binding here; write it "
                        "without the "
                        "Q, and QueueMode=yes" },
        { SERVER "AwakeTime=0\n", 0,
                        "f:4: AwakeTime='0': not a time span that is possible here; give 1s to "
                        "1d" },
        { SERVER "QueueMode=maybe\n", 0,
                        "f:4: QueueMode='maybe': neither yes nor no; give one of them" },
        { SERVER "Bootstrap=yes\n", 0,
                        "f:4: Bootstrap='yes': bootstrap servers are not built in; name the server "
                        "itself" },
        { SERVER "Security=psk\n", 0,
                        "f:4: Security='psk': coap:// encrypts nothing; write Uri=coaps://HOST" },
        { SERVER "Security=x509\n", 0,
                        "f:4: Security='x509': coap:// encrypts nothing; write Uri=coaps://HOST" },
        { SERVER "Security=tls\n", 0,
                        "f:4: Security='tls': not a security mode; use psk or x509, or nosec in a "
                        "network that you trust" },
        { SERVER "OscoreSenderId=01\n", 0,
                        "f:4: OscoreSenderId='01': it belongs to Security=oscore; add that, or "
                        "remove it" },
        { SERVER "CertificateFile=/a\n", 0,
                        "f:4: CertificateFile='/a': it belongs to Security=x509; add that, or "
                        "remove it" },
        { SERVER "PrivateKeyFile=/a\n", 0,
                        "f:4: PrivateKeyFile='/a': it belongs to Security=x509 or rpk; add that, "
                        "or remove it" },
        { SERVER "ServerPublicKeyFile=/a\n", 0,
                        "f:4: ServerPublicKeyFile='/a': it belongs to Security=rpk; add that, or "
                        "remove it" },
        { CERTIFIED "PublicKeyFile=/a\n", 0,
                        "f:5: PublicKeyFile='/a': it belongs to Security=rpk; add that, or remove "
                        "it" },
        { SERVER "Ciphers=PSK-AES128-CCM8\n", 0,
                        "f:4: Ciphers='PSK-AES128-CCM8': it belongs to Security=psk or x509; add "
                        "that, or remove it" },
        { CERTIFIED "PrivateKeyFile=/dev/null\n", 0,
                        "f:1: [Server a] has Security=x509 and not the certificate; add "
                        "CertificateFile= with the file that holds it" },
        { CERTIFIED "CertificateFile=/nonesuch\nPrivateKeyFile=/dev/null\n", 0,
                        "f:5: CertificateFile='/nonesuch': the certificate cannot be read (No such "
                        "file or directory); check that the file is there, and that the agent may "
                        "read it: 0640, root:_lwm2md" },
        { CERTIFIED "CertificateFile=/a\nCertificateCredential=b\n", 0,
                        "f:6: CertificateFile= and CertificateCredential= both give the "
                        "certificate; keep one of them" },
        { CERTIFIED "CertificateFile=one.pem\n", 0,
                        "f:5: CertificateFile='one.pem': not the path of a file; begin it with "
                        "'/'" },
        { CERTIFIED "CertificateUsage=4\n", 0,
                        "f:5: CertificateUsage='4': not a usage of certificates; give "
                        "trust-anchor, domain-issued, ca-constraint or "
                        "service-certificate-constraint" },
        { CERTIFIED "MatchingType=md5\n", 0,
                        "f:5: MatchingType='md5': not a matching type; give exact, sha256, sha384 "
                        "or sha512" },
        { CERTIFIED "Sni=a b\n", 0,
                        "f:5: Sni='a b': not the name of a host; give the one in the server's "
                        "certificate, as in lwm2m.example.com" },
        { CERTIFIED "Ciphers=NONE\n", 0,
                        "f:5: Ciphers='NONE': 'NONE' is not the name of a cipher suite that "
                        "OpenSSL "
                        "has; 'openssl ciphers -stdname' lists them" },
        { CERTIFIED "Ciphers=TLS_PSK_WITH_AES_128_CCM_8\n", 0,
                        "f:5: Ciphers='TLS_PSK_WITH_AES_128_CCM_8': TLS_PSK_WITH_AES_128_CCM_8 "
                        "does "
                        "not work with Security=x509; remove it" },
        { SECURE "Ciphers=ECDHE-ECDSA-AES128-CCM8\n", 0,
                        "f:5: Ciphers='ECDHE-ECDSA-AES128-CCM8': "
                        "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8 does not work with Security=psk; "
                        "remove it" },
        { SERVER "PskKeyFile=/etc/key\n", 0,
                        "f:4: PskKeyFile='/etc/key': it belongs to Security=psk; add that, or "
                        "remove it" },
        { SECURE "PskKeyFile=/dev/null\n", 0,
                        "f:1: [Server a] has Security=psk and no PskIdentity; add PskIdentity= "
                        "with the name that the server has for the key" },
        { SECURE "PskIdentity=x\n", 0,
                        "f:1: [Server a] has Security=psk and no key; add PskKeyFile= with the "
                        "file that holds it" },
        { SECURE "PskIdentity=x\nPskKeyFile=/a\nPskKeyCredential=b\n", 0,
                        "f:7: PskKeyFile= and PskKeyCredential= both give the key; keep one of "
                        "them" },
        { SECURE "PskKeyFile=/a\nPskIdentity=" LONG_129 "\n", 0,
                        "f:6: PskIdentity=...: it has more than 128 bytes; choose a shorter one" },
        { SECURE "PskIdentity=x\nPskKeyFile=one.key\n", 0,
                        "f:6: PskKeyFile='one.key': not the path of a file; begin it with '/'" },
        { SECURE "PskIdentity=x\nPskKeyFile=/nonesuch/one.key\n", 0,
                        "f:6: PskKeyFile='/nonesuch/one.key': the key cannot be read (No such file "
                        "or directory); check that the file is there, and that the agent may read "
                        "it: 0640, root:_lwm2md" },
        { SECURE "PskIdentity=x\nPskKeyFile=/dev/null\n", 0,
                        "f:6: PskKeyFile='/dev/null': the key cannot be read (Invalid argument); "
                        "check that the file is there, and that the agent may read it: 0640, "
                        "root:_lwm2md" },
        { SECURE "PskIdentity=x\nPskKeyCredential=../one\n", 0,
                        "f:6: PskKeyCredential='../one': not the name of a credential; it has no "
                        "'/', and no '.' first" },
        { "[Server a]\nUri=coaps://lwm2m.example.com\nShortServerId=101\n", 0,
                        "f:2: Uri='coaps://lwm2m.example.com': coaps:// needs a key; add "
                        "Security=psk, PskIdentity= and PskKeyFile=, or Security=x509, "
                        "CertificateFile= and PrivateKeyFile=" },
        { SERVER "MuteSend=2\n", 0, "f:4: MuteSend='2': neither yes nor no; give one of them" },
        { SERVER "SendFormat=tlv\n", 0,
                        "f:4: SendFormat='tlv': not a format of Send; give senml-cbor, senml-json "
                        "or lwm2m-cbor" },
        { SERVER "DefaultNotificationMode=1\n", 0,
                        "f:4: DefaultNotificationMode='1': not a mode of notifications; give "
                        "confirmable or non-confirmable" },
        { SERVER "NotificationStoring=2\n", 0,
                        "f:4: NotificationStoring='2': neither yes nor no; give one of them" },
        { SERVER "SmsNumber=+491511234567\n", 0,
                        "f:4: SmsNumber='+491511234567': not a telephone number; give up to 15 "
                        "digits "
                        "with the country code and without '+'" },
        { SERVER "AckTimeout=2h\n", 0,
                        "f:4: AckTimeout='2h': not a time span that is possible here; give 1s "
                        "to "
                        "60s" },
        { SERVER "AckTimeout=999ms\n", 0,
                        "f:4: AckTimeout='999ms': not a time span that is possible here; give 1s "
                        "to "
                        "60s" },
        { SERVER "AckRandomFactor=0.9\n", 0,
                        "f:4: AckRandomFactor='0.9': not a factor that is possible here; give 1 to "
                        "10, as in 1.5" },
        { SERVER "AckRandomFactor=1.5x\n", 0,
                        "f:4: AckRandomFactor='1.5x': not a factor that is possible here; give 1 "
                        "to 10, as in 1.5" },
        { SERVER "AckRandomFactor=nan\n", 0,
                        "f:4: AckRandomFactor='nan': not a factor that is possible here; give 1 to "
                        "10, as in 1.5" },
        { SERVER "MaxRetransmit=21\n", 0,
                        "f:4: MaxRetransmit='21': not a number that is possible here; give 1 to "
                        "20" },
        { SERVER "MaxRetransmit=0\n", 0,
                        "f:4: MaxRetransmit='0': not a number that is possible here; give 1 to "
                        "20" },
        { SERVER "PskIdentity=sentinel\n", 0,
                        "f:4: PskIdentity=...: it belongs to Security=psk; add that, or remove "
                        "it" },
        { SERVER "PskKey=73656e74\n", 0,
                        "f:4: PskKey=...: others may read this file; keep the key in one of its "
                        "own, and name that by PskKeyFile=" },
        { SERVER "Nstart=0\n", 0,
                        "f:4: Nstart='0': not a number that is possible here; give 1 to 64" },
        { SERVER "Mtu=100\n", 0,
                        "f:4: Mtu='100': not a number that is possible here; give 128 to 1500" },
        { SERVER "Interface=a/b\n", 0,
                        "f:4: Interface='a/b': not the name of a network interface; 'ip link' "
                        "lists "
                        "them" },
        { SERVER "LocalAddress=example.com\n", 0,
                        "f:4: LocalAddress='example.com': not an IP address; give one of this "
                        "host, as "
                        "in "
                        "192.0.2.7 or 2001:db8::7" },
        { SERVER "Interface=wwan0\nLocalAddress=192.0.2.7\n", 0,
                        "f:4: Interface= and LocalAddress= both choose the source address; keep "
                        "one "
                        "of them" },
        { SERVER "LocalPort=65536\n", 0,
                        "f:4: LocalPort='65536': not a number that is possible here; give 1 to "
                        "65535" },
        { "[Server a]\nUri=https://lwm2m.example.com\nShortServerId=101\n", 0,
                        "f:2: Uri='https://lwm2m.example.com': the scheme 'https' is not built in; "
                        "use coaps://HOST or coap://HOST, or over TCP coaps+tcp://HOST or "
                        "coap+tcp://HOST" },
        { "[Server a]\nUri=coaps+tcp://lwm2m.example.com\nShortServerId=101\n", 0,
                        "f:2: Uri='coaps+tcp://lwm2m.example.com': coaps+tcp:// needs a key; add "
                        "Security=psk, PskIdentity= and PskKeyFile=, or Security=x509, "
                        "CertificateFile= and PrivateKeyFile=" },
        { "[Server a]\nUri=coap+tcp://a\nShortServerId=101\nSecurity=psk\n", 0,
                        "f:4: Security='psk': coap+tcp:// encrypts nothing; write "
                        "Uri=coaps+tcp://HOST" },
        { "[Server a]\nUri=coap+tcp://a\nShortServerId=101\nBinding=U\n", 0,
                        "f:4: Binding=U does not have the letter of coap+tcp://; add T, or leave "
                        "Binding= out" },
        { SERVER "Binding=TS\n", 0,
                        "f:4: Binding=TS does not have the letter of coap://; add U, or leave "
                        "Binding= out" },
        { "\n[Server a]\nUri=coap://a\nShortServerId=65535\n", 0,
                        "f:4: ShortServerId='65535': not a short server id; give 1 to 65534" },
        { "\n[Server a]\nUri=coap://a\n", 0,
                        "f:2: [Server a] has no ShortServerId; add ShortServerId= with 1 to "
                        "65534" },
        { "[Server a]\nShortServerId=101\n", 0, "f:1: [Server a] has no Uri; add Uri=coap://HOST" },
        { SERVER "[Server b]\nUri=coap://b\nShortServerId=101\n", 1,
                        "f:6: ShortServerId=101 of [Server b] is taken by [Server a] at f:1; give "
                        "[Server b] another one" },
        /* a section that cannot be read does not stop the others */
        { SERVER "Lifetime 300\n[Server b]\nUri=coap://b\nShortServerId=102\n", 1,
                        "f:4: 'Lifetime 300' is not KEY=VALUE; mend the line, or begin it with "
                        "'#'" },
        { SERVER "=300\n", 0, "f:4: '=300' is not KEY=VALUE; mend the line, or begin it with '#'" },
        { "[Server b\nUri=coap://b\n" SERVER, 1,
                        "f:1: the section '[Server b' has no end, its keys are left out; write "
                        "[Agent] "
                        "or [Server NAME]" },
        { SERVER "SmsNumber=\xff\n", 0,
                        "f:4: the line is not UTF-8 text; write it anew, or begin it with '#'" },
        { "[Server]\nUri=coap://a\n" SERVER, 1,
                        "f:1: the section does not name a server; write [Server NAME]" },
        { "[Servers]\nUri=coap://a\n" SERVER, 1,
                        "f:1: unknown section 'Servers', ignored; write [Agent], [Sensors], "
                        "[Location], [Network], [EventLog] or [Server NAME]" },
        { "[Network]\nLowSignalWlan=0\n", 0,
                        "f:2: LowSignalWlan='0': not a signal strength, -80 is used; give -140 to "
                        "-20 (dBm), or never" },
        { "[Network]\nLowSignalCellular=strong\n", 0,
                        "f:2: LowSignalCellular='strong': not a signal strength, -110 is used; "
                        "give -140 to -20 (dBm), or never" },
        { "[Network]\nLowSignal=-70\n", 0,
                        "f:2: [Network] has no key 'LowSignal', ignored; its keys are "
                        "LowSignalWlan, LowSignalCellular" },
        { "[EventLog]\nPriority=loud\n", 0,
                        "f:2: Priority='loud': not a priority, warning is used; give emerg, alert, "
                        "crit, err, warning, notice, info or debug" },
        { "[EventLog]\nUnit=a.service\n", 0,
                        "f:2: [EventLog] has no key 'Unit', ignored; did you mean Units?" },
        { "[Location]\nSource=somewhere\n", 0,
                        "f:2: Source='somewhere': not a source, none is used; give none, auto, "
                        "geoclue or gpsd" },
        { "[Location]\nMaxAge=0\n", 0,
                        "f:2: MaxAge='0': not a span of time that is possible here, 5min is used; "
                        "give 1s to 1440min" },
        { "[Location]\nAge=5\n", 0,
                        "f:2: [Location] has no key 'Age', ignored; did you mean MaxAge?" },
        { "[Sensors]\nSampleInterval=50ms\n", 0,
                        "f:2: SampleInterval='50ms': not a span of time that is possible here, 10s "
                        "is used; give 100ms to 1440min" },
        { "[Sensors]\nDenied=*\n", 0,
                        "f:2: [Sensors] has no key 'Denied', ignored; did you mean Deny?" },
        { "Uri=coap://a\n" SERVER, 1,
                        "f:1: the key stands above all sections, ignored; put it below [Agent] or "
                        "[Server NAME]" },
        /* a key of no known name is ignored */
        { SERVER "Liftime=300\n", 1,
                        "f:4: [Server a] has no key 'Liftime', ignored; did you mean Lifetime?" },
        { SERVER "lifetime=300\n", 1,
                        "f:4: [Server a] has no key 'lifetime', ignored; did you mean Lifetime?" },
        { "[Agent]\nEndpoint=x\nColour=blue\n", 0,
                        "f:2: [Agent] has no key 'Endpoint', ignored; its keys are EndpointName, "
                        "Objects, LogLevel, SmsNumber" },
        { "[Agent]\nLogLevel=loud\n" SERVER, 1,
                        "f:2: LogLevel='loud': not a log level, info is used; give error, warning, "
                        "notice, "
                        "info or debug" },
        { "[Agent]\nObjects=1;x\n" SERVER, 1,
                        "f:2: Objects='1;x': 'x' is not an object id, all are offered; give a list "
                        "as "
                        "in "
                        "1;3;4, or all" },
};

START_TEST(a_mistake_is_one_line)
{
        g_autoptr(LwConfig) config =
                        lw_config_parse("f", mistakes[_i].text, strlen(mistakes[_i].text));
        g_autofree char *problem = NULL;

        ck_assert_uint_ge(config->problems->len, 1);
        problem = lw_config_problem_print(config->problems->pdata[0]);
        ck_assert_str_eq(problem, mistakes[_i].problem);
        ck_assert_uint_eq(config->accounts->len, mistakes[_i].servers);
        for (guint i = 0; i < config->accounts->len; i++) {
                const LwAccount *account = config->accounts->pdata[i];

                ck_assert(!g_ptr_array_find_with_equal_func(
                                config->refused, account->name, g_str_equal, NULL));
        }
}
END_TEST

#define RAW "[Server a]\nUri=coaps://lwm2m.example.com\nShortServerId=101\nSecurity=rpk\n"

static const struct {
        const char *text;
        const char *problem; /* of a build with raw public keys */
} raw_mistakes[] = {
        { SERVER "Security=rpk\n",
                        "f:4: Security='rpk': coap:// encrypts nothing; write Uri=coaps://HOST" },
        { RAW "ServerPublicKeyFile=/dev/null\n",
                        "f:1: [Server a] has Security=rpk and not the private key; add "
                        "PrivateKeyFile= with the file that holds it" },
        { RAW "ServerPublicKeyFile=/nonesuch\nPrivateKeyCredential=../a\n",
                        "f:6: PrivateKeyCredential='../a': not the name of a credential; it has no "
                        "'/', and no '.' first" },
        { RAW "ServerPublicKeyFile=/a\nServerPublicKeyCredential=b\n",
                        "f:1: [Server a] has Security=rpk and not the private key; add "
                        "PrivateKeyFile= with the file that holds it" },
        { RAW "CertificateFile=/a\n",
                        "f:5: CertificateFile='/a': it belongs to Security=x509; add that, or "
                        "remove it" },
        { RAW "Ciphers=TLS_PSK_WITH_AES_128_CCM_8\n",
                        "f:5: Ciphers='TLS_PSK_WITH_AES_128_CCM_8': TLS_PSK_WITH_AES_128_CCM_8 "
                        "does not work with Security=rpk; remove it" },
};

START_TEST(raw_public_keys_are_for_builds_that_have_them)
{
        const char *text = raw_mistakes[_i].text;
        g_autoptr(LwConfig) config = lw_config_parse("f", text, strlen(text));
        g_autofree char *problem = NULL;

        ck_assert_uint_ge(config->problems->len, 1);
        problem = lw_config_problem_print(config->problems->pdata[0]);
        ck_assert_str_eq(problem, lw_rpk_is_built_in()
                                                  ? raw_mistakes[_i].problem
                                                  : "f:4: Security='rpk': " LW_RPK_NOT_BUILT_IN);
        ck_assert_uint_eq(config->accounts->len, 0);
}
END_TEST

START_TEST(every_mistake_is_told)
{
        static const char text[] = "[Server a]\nUri=http://a\nLifetime=x\nVersion=9\n";
        g_autoptr(LwConfig) config = lw_config_parse("f", text, strlen(text));

        ck_assert_uint_eq(config->problems->len, 4); /* and there is no short id */
        ck_assert_uint_eq(config->accounts->len, 0);
        ck_assert_uint_eq(config->refused->len, 1);
        ck_assert_str_eq(config->refused->pdata[0], "a");
}
END_TEST

static const char full[] = "# a comment\n"
                           "; another one\n"
                           "[Agent]\n"
                           "EndpointName = urn:dev:os:001122-SN42\n"
                           "Objects=1;3, 4\n"
                           "LogLevel=debug\n"
                           "SmsNumber=491511234567\n"
                           "\n"
                           "[Server head-office]\n"
                           "Uri=coap://[2001:db8::1]:5700\n"
                           "ShortServerId=101\r\n"
                           "Lifetime=300\n"
                           "Version=1.1\n"
                           "Binding=UT\n"
                           "QueueMode=no\n"
                           "Security=nosec\n"
                           "DefaultMinimumPeriod=0\n"
                           "DefaultMaximumPeriod=60\n"
                           "DisableTimeout=5\n"
                           "NotificationStoring=no\n"
                           "DefaultNotificationMode=confirmable\n"
                           "MuteSend=yes\n"
                           "SendFormat=senml-json\n"
                           "SmsNumber=4915199\n"
                           "AckTimeout=1.5s\n"
                           "AckRandomFactor=2.25\n"
                           "MaxRetransmit=1\n"
                           "Nstart=2\n"
                           "Mtu=1280\n"
                           "LocalAddress=2001:db8::7\n"
                           "LocalPort=5683\n"
                           "Diagnostics=yes\n"
                           "[Server lab]\n"
                           "Uri=coap://lab\n"
                           "ShortServerId=102\n"
                           "Interface=wwan0\n";

/* Files of keys, and what is said of them. */
static const struct {
        const char *content;
        int mode;
        size_t length; /* of the key; 0: there is none */
        const char *problem;
} keys[] = {
        { "00ff\n", 0600, 2, NULL },
        { "  00FFab \r\n", 0640, 3, NULL },
        { BYTES_64, 0600, 64, NULL },
        { "00ff", 0644, 2, "everybody on this host may use the file; 'chmod o=' it" },
        { BYTES_64 "00", 0600, 0, "the key has more than 64 bytes; choose a shorter one" },
        { "", 0600, 0, "there is no key in it; 'openssl rand -hex 16' makes one" },
        { "00f", 0600, 0, "the key has an odd number of hexadecimal digits; two are a byte" },
        { "sentinel", 0600, 0,
                        "the key is not written in hexadecimal digits; 'openssl rand -hex 16' "
                        "makes one that is" },
        { "00 ff", 0600, 0,
                        "the key is not written in hexadecimal digits; 'openssl rand -hex 16' "
                        "makes one that is" },
};

/* The section of a key, by its file or as a credential. */
static LwConfig *parse_with_key(const char *directory, int i, bool credential)
{
        g_autofree char *path = g_build_filename(directory, "one.key", NULL);
        g_autofree char *text = g_strdup_printf(SECURE "PskIdentity=x\n%s=%s\n",
                        credential ? "PskKeyCredential" : "PskKeyFile",
                        credential ? "one.key" : path);

        ck_assert(g_file_set_contents(path, keys[i].content, -1, NULL));
        ck_assert_int_eq(chmod(path, (mode_t) keys[i].mode), 0);
        return lw_config_parse("f", text, strlen(text));
}

static void check_key(const LwConfig *config, int i, bool told)
{
        const LwAccount *account;

        ck_assert_uint_eq(config->problems->len, told && keys[i].problem != NULL ? 1 : 0);
        if (config->problems->len > 0) {
                const LwConfigProblem *problem = config->problems->pdata[0];

                ck_assert_msg(g_str_has_suffix(problem->text, keys[i].problem), "%s",
                                problem->text);
        }
        ck_assert_uint_eq(config->accounts->len, keys[i].length > 0 ? 1 : 0);
        if (keys[i].length == 0)
                return;
        account = config->accounts->pdata[0];
        ck_assert_str_eq(account->peer.psk_identity, "x");
        ck_assert_uint_eq(account->peer.psk_key_length, keys[i].length);
        if (keys[i].length < 64)
                ck_assert_mem_eq(account->peer.psk_key, "\x00\xff\xab", keys[i].length);
}

START_TEST(a_key_is_read_from_its_file)
{
        g_autofree char *directory = g_dir_make_tmp("lwm2md-key-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(directory, "one.key", NULL);
        g_autoptr(LwConfig) config = parse_with_key(directory, _i, false);

        unlink(path);
        rmdir(directory);
        check_key(config, _i, true);
}
END_TEST

START_TEST(a_key_is_read_from_a_credential)
{
        g_autofree char *directory = g_dir_make_tmp("lwm2md-key-XXXXXX", NULL);
        g_autofree char *path = g_build_filename(directory, "one.key", NULL);
        g_autoptr(LwConfig) config = NULL;

        g_setenv("CREDENTIALS_DIRECTORY", directory, true);
        config = parse_with_key(directory, _i, true);
        g_unsetenv("CREDENTIALS_DIRECTORY");
        unlink(path);
        rmdir(directory);
        /* the mode of a credential is systemd's business */
        check_key(config, _i, keys[_i].length == 0);
}
END_TEST

START_TEST(every_key_is_taken)
{
        g_autoptr(LwConfig) config = lw_config_parse("f", full, strlen(full));
        const LwAccount *account;

        ck_assert_uint_eq(config->problems->len, 0);
        ck_assert_str_eq(config->endpoint, "urn:dev:os:001122-SN42");
        ck_assert_int_eq(config->log_level, G_LOG_LEVEL_DEBUG);
        ck_assert_uint_eq(config->accounts->len, 2);
        account = config->accounts->pdata[0];
        ck_assert_str_eq(account->name, "head-office");
        ck_assert_str_eq(account->uri, "coap://[2001:db8::1]:5700");
        ck_assert_str_eq(account->origin, "f:9");
        ck_assert_str_eq(account->peer.uri.host, "2001:db8::1");
        ck_assert_uint_eq(account->peer.uri.port, 5700);
        ck_assert_int_eq(account->peer.security, LW_SECURITY_NOSEC);
        ck_assert_uint_eq(account->ssid, 101);
        ck_assert_uint_eq(account->instance, 0);
        ck_assert_int_eq(account->version, LW_VERSION_1_1);
        ck_assert_uint_eq(account->lifetime_seconds, 300);
        ck_assert_uint_eq(account->default_pmin_seconds, 0);
        ck_assert_uint_eq(account->default_pmax_seconds, 60);
        ck_assert_uint_eq(account->disable_timeout_seconds, 5);
        ck_assert(!account->storing && !account->queue_mode && account->diagnostics);
        ck_assert(account->mute_send && account->confirmable_notifications);
        ck_assert_int_eq(account->send_format, LW_FORMAT_SENML_JSON);
        ck_assert_str_eq(account->binding, "UT");
        ck_assert_str_eq(account->sms_number, "4915199");
        ck_assert_uint_eq(account->peer.ack_timeout_usec, 1500 * LW_USEC_PER_MSEC);
        ck_assert_uint_eq(account->peer.ack_random_permille, 2250);
        ck_assert_uint_eq(account->peer.max_retransmit, 2); /* counted from 1 */
        ck_assert_uint_eq(account->peer.nstart, 2);
        ck_assert_uint_eq(account->peer.mtu_bytes, 1280);
        ck_assert_str_eq(account->peer.local_address, "2001:db8::7");
        ck_assert_uint_eq(account->peer.local_port, 5683);
        account = config->accounts->pdata[1];
        ck_assert_str_eq(account->name, "lab");
        ck_assert_str_eq(account->peer.interface, "wwan0");
        ck_assert_uint_eq(account->instance, 1);
        ck_assert_str_eq(account->sms_number, "491511234567"); /* the host's */
        ck_assert_uint_eq(account->lifetime_seconds, 86400);
        ck_assert_int_eq(account->version, LW_VERSION_1_2);
        ck_assert_uint_eq(account->default_pmax_seconds, UINT32_MAX);
        ck_assert(!account->mute_send && !account->confirmable_notifications);
        ck_assert_int_eq(account->send_format, LW_FORMAT_SENML_CBOR);
}
END_TEST

START_TEST(objects_that_every_client_must_have_are_always_offered)
{
        g_autoptr(LwConfig) config = lw_config_parse("f", full, strlen(full));
        g_autoptr(LwConfig) all = lw_config_parse("f", "", 0);

        ck_assert(lw_config_has_object(config, 0));
        ck_assert(lw_config_has_object(config, 4));
        ck_assert(!lw_config_has_object(config, 5));
        ck_assert(lw_config_has_object(all, 5));
}
END_TEST

static char *hash_of(const char *text)
{
        g_autoptr(LwConfig) config = lw_config_parse("f", text, strlen(text));
        const LwAccount *account;

        ck_assert_uint_eq(config->accounts->len, 1);
        account = config->accounts->pdata[0];
        return g_strdup(account->hash);
}

static const struct {
        const char *text;
        bool same;
} edits[] = {
        { "# moved\n\n[Server a]\nShortServerId = 101\nUri= "
          "coap://lwm2m.example.com\nLifetime=60\n",
                        true },
        { SERVER "Lifetime=70\nLifetime=60\n", true },
        { SERVER "Lifetime=61\n", false },
        { SERVER, false },
};

START_TEST(only_other_settings_make_another_hash)
{
        g_autofree char *before = hash_of(SERVER "Lifetime=60\n");
        g_autofree char *after = hash_of(edits[_i].text);

        ck_assert_int_eq(strcmp(before, after) == 0, edits[_i].same);
}
END_TEST

START_TEST(too_many_servers_are_refused)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autoptr(LwConfig) config = NULL;
        g_autofree char *problem = NULL;

        for (unsigned i = 1; i <= 65; i++)
                g_string_append_printf(text, "[Server %u]\nUri=coap://a\nShortServerId=%u\n", i, i);
        config = lw_config_parse("f", text->str, text->len);
        ck_assert_uint_eq(config->accounts->len, 64);
        problem = lw_config_problem_print(config->problems->pdata[0]);
        ck_assert_str_eq(problem, "f:193: there are more than 64 servers; remove one");
}
END_TEST

/* --- files --- */

static const LwConfigPlaces places = { "/usr/lib/lwm2md", "/run/lwm2md", "/etc/lwm2md" };

START_TEST(drop_ins_win_over_the_file_and_by_their_names)
{
        g_auto(LwTestFiles) files = {};
        g_autoptr(LwConfig) config = NULL;
        const LwAccount *account;

        lw_test_files_make(&files);
        lw_test_files_put(
                        &files, "etc/lwm2md/lwm2md.conf", SERVER "Lifetime=1\nDisableTimeout=7\n");
        lw_test_files_put(&files, "usr/lib/lwm2md/lwm2md.conf.d/90-x.conf",
                        "[Server a]\nLifetime=90\n");
        lw_test_files_put(&files, "etc/lwm2md/lwm2md.conf.d/50-x.conf",
                        "[Server a]\nLifetime=50\nDefaultMinimumPeriod=5\n");
        /* one name in two directories: the stronger directory's counts, even empty */
        lw_test_files_put(&files, "usr/lib/lwm2md/lwm2md.conf.d/95-y.conf",
                        "[Server a]\nLifetime=95\n");
        lw_test_files_put(&files, "run/lwm2md/lwm2md.conf.d/95-y.conf", "");
        /* a key without a value takes the earlier one back */
        lw_test_files_put(&files, "run/lwm2md/lwm2md.conf.d/60-z.conf",
                        "[Server a]\nDisableTimeout=\n");
        lw_test_files_put(&files, "etc/lwm2md/lwm2md.conf.d/99.conf.dpkg-old",
                        "[Server a]\nLifetime=99\n");
        config = lw_config_read(files.fd, &places);
        ck_assert_uint_eq(config->problems->len, 0);
        ck_assert_uint_eq(config->accounts->len, 1);
        account = config->accounts->pdata[0];
        ck_assert_uint_eq(account->lifetime_seconds, 90);
        ck_assert_uint_eq(account->default_pmin_seconds, 5);
        ck_assert_uint_eq(account->disable_timeout_seconds, 86400);
        ck_assert_str_eq(account->origin, "/etc/lwm2md/lwm2md.conf:1");
}
END_TEST

START_TEST(a_link_to_dev_null_masks)
{
        g_auto(LwTestFiles) files = {};
        g_autoptr(LwConfig) config = NULL;

        lw_test_files_make(&files);
        lw_test_files_put(&files, "usr/lib/lwm2md/lwm2md.conf.d/10.conf", SERVER);
        lw_test_files_link(&files, "etc/lwm2md/lwm2md.conf.d/10.conf", "/dev/null");
        config = lw_config_read(files.fd, &places);
        ck_assert_uint_eq(config->accounts->len, 0);
        ck_assert_uint_eq(config->problems->len, 0);
}
END_TEST

START_TEST(no_file_is_no_problem)
{
        g_auto(LwTestFiles) files = {};
        g_autoptr(LwConfig) config = NULL;

        lw_test_files_make(&files);
        config = lw_config_read(files.fd, &places);
        ck_assert_uint_eq(config->accounts->len, 0);
        ck_assert_uint_eq(config->problems->len, 0);
        ck_assert(!config->unusable);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_told)
{
        g_auto(LwTestFiles) files = {};
        g_autoptr(LwConfig) config = NULL, other = NULL;
        g_autofree char *problem = NULL, *large = g_strnfill(262145, '#'), *path = NULL;

        lw_test_files_make(&files);
        lw_test_files_put(&files, "etc/lwm2md/lwm2md.conf.d/1.conf/directory", "");
        lw_test_files_put(&files, "etc/lwm2md/lwm2md.conf", large);
        config = lw_config_read(files.fd, &places);
        ck_assert_uint_eq(config->problems->len, 2);
        problem = lw_config_problem_print(config->problems->pdata[0]);
        ck_assert_str_eq(problem, "/etc/lwm2md/lwm2md.conf: the file has more than 262144 bytes, "
                                  "ignored; split or shorten it");
        path = g_build_filename(files.path, "absent.conf", NULL);
        other = lw_config_read_file(path);
        ck_assert_uint_eq(other->problems->len, 1);
        ck_assert(other->unusable);
}
END_TEST

/* --- the endpoint name --- */

static const struct {
        const char *text;
        bool unusable;
        const char *endpoint; /* NULL: by the machine id */
} endpoints[] = {
        { "[Agent]\nEndpointName=gateway-42\n", false, "gateway-42" },
        { "[Agent]\nEndpointName=\xc3\xbc ber\n", false, "\xc3\xbc ber" },
        { "[Agent]\nLogLevel=loud\n", false, NULL },
        /* the line may have been the name */
        { "[Agent]\nEndpointName gateway-42\n", true, NULL },
        { "[Agent]\nnonsense\nEndpointName=gateway-42\n", false, "gateway-42" },
};

START_TEST(a_name_that_cannot_be_read_is_not_replaced_by_another)
{
        g_autoptr(LwConfig) config =
                        lw_config_parse("f", endpoints[_i].text, strlen(endpoints[_i].text));
        g_autofree char *endpoint = NULL;
        g_autoptr(GError) error = NULL;

        ck_assert_int_eq(config->unusable, endpoints[_i].unusable);
        ck_assert_pstr_eq(config->endpoint, endpoints[_i].endpoint);
        if (endpoints[_i].endpoint != NULL) {
                ck_assert(lw_config_endpoint(config, &endpoint, &error));
                ck_assert_str_eq(endpoint, endpoints[_i].endpoint);
        } else if (endpoints[_i].unusable) {
                ck_assert(!lw_config_endpoint(config, &endpoint, &error));
                ck_assert_ptr_nonnull(strstr(error->message, "set EndpointName"));
        }
}
END_TEST

START_TEST(a_name_has_at_most_255_bytes)
{
        g_autofree char *name = g_strnfill(256, 'x');
        g_autofree char *text = g_strdup_printf("[Agent]\nEndpointName=%s\n", name);
        g_autoptr(LwConfig) config = lw_config_parse("f", text, strlen(text));

        ck_assert(config->unusable);
        ck_assert_uint_eq(config->problems->len, 1);
}
END_TEST

START_TEST(the_shipped_example_has_no_mistake)
{
        g_autoptr(GBytes) bytes = lw_test_source_file("data/lwm2md.conf");
        size_t length;
        const char *text = g_bytes_get_data(bytes, &length);
        g_autoptr(LwConfig) config = lw_config_parse("data/lwm2md.conf", text, length);
        g_autoptr(GString) bare = g_string_new(NULL);
        g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
        g_autoptr(LwConfig) uncommented = NULL;

        ck_assert_uint_eq(config->problems->len, 0);
        ck_assert_uint_eq(config->accounts->len, 0); /* nothing calls anybody unasked */
        /* with its settings switched on it still has none */
        for (size_t i = 0; lines[i] != NULL; i++) {
                const char *line = lines[i] + (lines[i][0] == '#');

                if (line[0] == '[' || g_ascii_isupper(line[0]))
                        g_string_append_printf(bare, "%s\n", line);
        }
        uncommented = lw_config_parse("uncommented", bare->str, bare->len);
        for (guint i = 0; i < uncommented->problems->len; i++) {
                g_autofree char *problem = lw_config_problem_print(uncommented->problems->pdata[i]);

                ck_abort_msg("%s", problem);
        }
        ck_assert_uint_eq(uncommented->accounts->len, 1);
}
END_TEST

START_TEST(sensors_have_their_section)
{
        static const char text[] = "[Sensors]\nSampleInterval=2s\nAllow=lm75/* coretemp/temp1\n"
                                   "Deny=*/in*;*/fan3\n";
        g_autoptr(LwConfig) config = lw_config_parse("f", text, strlen(text));
        g_autofree char *allow = g_strjoinv(" ", config->sensors.allow);
        g_autofree char *deny = g_strjoinv(" ", config->sensors.deny);

        ck_assert_uint_eq(config->problems->len, 0);
        ck_assert_uint_eq(config->sensors.sample_usec, 2 * LW_USEC_PER_SEC);
        ck_assert_str_eq(allow, "lm75/* coretemp/temp1");
        ck_assert_str_eq(deny, "*/in* */fan3");
}
END_TEST

START_TEST(without_a_section_all_sensors_are_shown)
{
        g_autoptr(LwConfig) config = lw_config_parse("f", "", 0);

        ck_assert_uint_eq(config->sensors.sample_usec, 10 * LW_USEC_PER_SEC);
        ck_assert_ptr_null(config->sensors.allow[0]);
        ck_assert_ptr_null(config->sensors.deny[0]);
}
END_TEST

START_TEST(the_event_log_has_its_section)
{
        static const char text[] = "[EventLog]\nPriority=info\nUnits=a.service; b.service\n";
        g_autoptr(LwConfig) config = lw_config_parse("f", text, strlen(text));
        g_autoptr(LwConfig) empty = lw_config_parse("f", "", 0);

        ck_assert_uint_eq(config->problems->len, 0);
        ck_assert_uint_eq(config->event_log.priority, 6);
        ck_assert_uint_eq(g_strv_length(config->event_log.units), 2);
        ck_assert_str_eq(config->event_log.units[1], "b.service");
        ck_assert_uint_eq(empty->event_log.priority, 4);
        ck_assert_uint_eq(g_strv_length(empty->event_log.units), 0);
}
END_TEST

START_TEST(network_has_its_section)
{
        static const char text[] = "[Network]\nLowSignalWlan=-70\nLowSignalCellular=never\n";
        g_autoptr(LwConfig) config = lw_config_parse("f", text, strlen(text));
        g_autoptr(LwConfig) empty = lw_config_parse("f", "", 0);

        ck_assert_uint_eq(config->problems->len, 0);
        ck_assert_int_eq(config->network.limits.wlan_dbm, -70);
        ck_assert_int_eq(config->network.limits.cellular_dbm, LW_SIGNAL_NEVER_LOW);
        ck_assert_int_eq(empty->network.limits.wlan_dbm, -80);
        ck_assert_int_eq(empty->network.limits.cellular_dbm, -110);
}
END_TEST

START_TEST(location_has_its_section)
{
        static const char text[] = "[Location]\nSource=gpsd\nMaxAge=2min\n";
        g_autoptr(LwConfig) config = lw_config_parse("f", text, strlen(text));
        g_autoptr(LwConfig) empty = lw_config_parse("f", "", 0);

        ck_assert_uint_eq(config->problems->len, 0);
        ck_assert_int_eq(config->location.source, LW_LOCATION_GPSD);
        ck_assert_uint_eq(config->location.max_age_usec, 120 * LW_USEC_PER_SEC);
        ck_assert_int_eq(empty->location.source, LW_LOCATION_NONE);
        ck_assert_uint_eq(empty->location.max_age_usec, 300 * LW_USEC_PER_SEC);
}
END_TEST

TCase *test_config(void)
{
        TCase *tcase = tcase_create("config");

        tcase_add_loop_test(tcase, a_mistake_is_one_line, 0, G_N_ELEMENTS(mistakes));
        tcase_add_loop_test(tcase, raw_public_keys_are_for_builds_that_have_them, 0,
                        G_N_ELEMENTS(raw_mistakes));
        tcase_add_test(tcase, every_mistake_is_told);
        tcase_add_loop_test(tcase, a_key_is_read_from_its_file, 0, G_N_ELEMENTS(keys));
        tcase_add_loop_test(tcase, a_key_is_read_from_a_credential, 0, G_N_ELEMENTS(keys));
        tcase_add_test(tcase, every_key_is_taken);
        tcase_add_test(tcase, objects_that_every_client_must_have_are_always_offered);
        tcase_add_loop_test(tcase, only_other_settings_make_another_hash, 0, G_N_ELEMENTS(edits));
        tcase_add_test(tcase, too_many_servers_are_refused);
        tcase_add_test(tcase, drop_ins_win_over_the_file_and_by_their_names);
        tcase_add_test(tcase, a_link_to_dev_null_masks);
        tcase_add_test(tcase, no_file_is_no_problem);
        tcase_add_test(tcase, a_file_that_cannot_be_read_is_told);
        tcase_add_loop_test(tcase, a_name_that_cannot_be_read_is_not_replaced_by_another, 0,
                        G_N_ELEMENTS(endpoints));
        tcase_add_test(tcase, a_name_has_at_most_255_bytes);
        tcase_add_test(tcase, the_shipped_example_has_no_mistake);
        tcase_add_test(tcase, the_event_log_has_its_section);
        tcase_add_test(tcase, network_has_its_section);
        tcase_add_test(tcase, location_has_its_section);
        tcase_add_test(tcase, sensors_have_their_section);
        tcase_add_test(tcase, without_a_section_all_sensors_are_shown);
        return tcase;
}
