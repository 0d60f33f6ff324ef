# SPDX-License-Identifier: LGPL-2.1-or-later
# Three lines of configuration, and the server has this host.

check "the test server runs" start_test_server
cat >>/etc/lwm2md/lwm2md.conf <<'CONF'
[Server head-office]
Uri=coap://127.0.0.1
ShortServerId=101
CONF
begin=$(now)
systemctl restart lwm2md
check "three lines and a restart: registered within 5 s" within 5 state_is online
echo "    registered $(($(now) - begin)) ms after the restart was asked for"
check "the server knows it" within 1 at_server Read 'sa{sv}' /3/0/0 0
check "systemctl status says where" \
        says 'Status: "registered at head-office \(coap://127.0.0.1' systemctl status lwm2md
check "the journal says it in words" journal_says 'registered at head-office .*LwM2M 1.2, for 86400 s'
check "the catalog explains it" \
        says 'This host is registered at an LwM2M server' journalctl --no-pager --catalog -u lwm2md
