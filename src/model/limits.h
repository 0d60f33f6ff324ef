/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Every bound on what a peer, a file or the bus can make us hold: one line each, with its unit. */
#pragma once

/* Data */
#define LW_BODY_MAX 65536        /* bytes: a body joined in memory; above it streams or is 4.13 */
#define LW_ENTRIES_MAX 65536     /* entries: values of one request or answer */
#define LW_REPLY_MAX 2097152     /* bytes: an answer in memory, sent block by block */
#define LW_STRING_MAX 65535      /* bytes: a String value */
#define LW_NUMBER_MAX 1024       /* characters: a number as text */
#define LW_DEFINITION_MAX 262144 /* bytes: one object description file */
#define LW_DEFINITION_RESOURCES_MAX 1024 /* resources of one object */
#define LW_DEFINITIONS_REPLACED_MAX 1024 /* definitions replaced by another of their id */
#define LW_RANGE_CHOICES_MAX 32          /* listed values of one resource's range */
#define LW_CBOR_DEPTH_MAX 16             /* nested CBOR arrays, maps and tags */
#define LW_JSON_DEPTH_MAX 16             /* nested JSON arrays and objects */
#define LW_PREFIX_MAX 256                /* bytes: an alternate path before a name in SenML */
#define LW_LINKS_MAX 16384               /* links of one link-format document */
#define LW_LINK_ATTRIBUTES_MAX 64        /* attributes of one link */
#define LW_URI_MAX 255                   /* bytes: a server URI, /0/x/0 */
#define LW_ENDPOINT_MAX 255              /* bytes: an endpoint name */

/* CoAP */
#define LW_OPTIONS_MAX 48         /* options of one message */
#define LW_ECHO_MAX 40            /* bytes of an Echo option. RFC 9175, 2.2.1 */
#define LW_OPTION_LENGTH_MAX 1034 /* bytes: one option, RFC 7252 5.10 (Proxy-Uri) */
#define LW_TOKEN_MAX 8            /* bytes */
#define LW_BLOCK_SIZE 1024        /* bytes: the largest block that we send */
#define LW_MESSAGE_MAX 1400       /* bytes: the largest datagram that we take */
#define LW_DEDUP_MAX 64           /* messages remembered per peer, for EXCHANGE_LIFETIME */
#define LW_DEDUP_REPLY_MAX 256    /* bytes: the longest diagnostic payload, kept to be repeated */
#define LW_UNCONFIRMED_MAX 64     /* NON messages of ours that a RST may still name, per peer */
#define LW_REQUESTS_OUT_MAX 64    /* our requests that wait or are under way, per peer */
#define LW_UPLOADS_MAX 4          /* Block1 bodies under way, per peer */
#define LW_SNAPSHOTS_MAX 8        /* Block2 bodies that a peer may still fetch, per peer */
#define LW_SNAPSHOTS_BYTES_MAX 4194304   /* bytes of them in memory, per peer */
#define LW_TRANSFER_ABANDONED_SECONDS 93 /* s: MAX_TRANSMIT_WAIT; then it may make room */
#define LW_TRANSFER_IDLE_SECONDS 247     /* s: EXCHANGE_LIFETIME; then a silent transfer ends */
#define LW_ADDRESSES_MAX 16              /* addresses of one host name that are tried */
#define LW_PEERS_MAX 8192                /* peers of a listener, registered or not */
#define LW_STREAM_OUT_MAX 131072         /* bytes: messages that one peer on TCP does not take */
#define LW_STRANGERS_MAX 64              /* connections of a listener that have said nothing yet */
#define LW_PATH_SEGMENTS_MAX 16          /* segments of a location that a server gives us */

/* Tree */
#define LW_OBJECTS_MAX 1024     /* objects of the agent */
#define LW_INSTANCES_MAX 16384  /* instances of one object */
#define LW_LAYERS_MAX 8         /* layers of one instance */
#define LW_ATTRIBUTES_MAX 16384 /* nodes on which servers set attributes, all servers together */
#define LW_STORED_INSTANCES_MAX 1024 /* instances of one object that servers made */
#define LW_STORED_MAX 1048576        /* bytes: values of such an object, 32 more for each of them */
#define LW_STORED_CHANGES_MAX 16     /* changes of such an object that wait to be saved */

/* Clients and servers */
#define LW_SERVERS_MAX 64                  /* accounts of the agent */
#define LW_UPDATES_MAX 16                  /* Updates for changes in a row; then one a second */
#define LW_OBSERVATIONS_MAX 16384          /* observations of one server */
#define LW_OBSERVED_PATHS_MAX 1024         /* paths of one Observe-Composite */
#define LW_NOTIFICATIONS_MAX 16384         /* notifications to one server that wait */
#define LW_NOTIFICATIONS_BYTES_MAX 1048576 /* bytes: of their values */
#define LW_SENDS_MAX 1024                  /* Sends to one server that wait */
#define LW_SENDS_BYTES_MAX 1048576         /* bytes: of their values */
#define LW_SENDS_READING_MAX 64            /* Sends to one server that wait for their values */
#define LW_SEND_MAX 65536                  /* bytes: the values of one Send, about */
#define LW_SEND_PATHS_MAX 256              /* paths of one Send */
#define LW_CLIENTS_MAX 4096                /* registrations at the test server */
#define LW_REQUESTS_HELD_MAX 64            /* requests that it keeps for one that sleeps */
#define LW_ANSWER_MAX 4194304         /* bytes: an answer that the test server joins in memory */
#define LW_ANSWER_FILE_MAX 268435456  /* bytes: an answer that it writes to a file */
#define LW_DIAGNOSTIC_MAX 1024        /* bytes: what a client says of an error, as it is shown */
#define LW_EXECUTE_ARGUMENTS_MAX 1024 /* bytes of an Execute's argument list */

/* Source: OMA LwM2M Transport 1.1, 5.2.8.1; RFC 4279, 5.3. */
#define LW_PSK_IDENTITY_MAX 128 /* bytes */
#define LW_PSK_KEY_MAX 64       /* bytes: a pre-shared key */
#define LW_OSCORE_SECRET_MAX 64 /* bytes of a Master Secret, a Master Salt */
#define LW_OSCORE_SECRET_MIN 16 /* less is guessed */
#define LW_OSCORE_ID_MAX 7      /* bytes of a Sender ID: what a nonce has room for. RFC 8613, 3.3 */
#define LW_OSCORE_CONTEXTS_MAX 256      /* contexts whose sequence numbers are remembered */
#define LW_KEY_RING_MAX 262144          /* bytes: a file with those of many, at the test server */
#define LW_KEY_FILE_MAX 1024            /* bytes: a file with the hexadecimal digits of one */
#define LW_CERTIFICATE_MAX 65536        /* bytes: our certificate and those above it */
#define LW_CERTIFICATE_PASSED_MAX 16384 /* bytes: a certificate that comes over D-Bus */
#define LW_PUBLIC_KEY_MAX 16384         /* bytes: a raw public key */
#define LW_PRIVATE_KEY_MAX 16384        /* bytes: the private key of a certificate */
#define LW_TRUST_ANCHORS_MAX 1048576    /* bytes: a file of trusted certificates */
#define LW_CERTIFICATES_MAX 512         /* certificates of one of these */
#define LW_CIPHERS_MAX 32               /* ciphers of one account, /0/x/16 */
#define LW_SNI_MAX 255                  /* bytes: a server's name, /0/x/14; RFC 1035, 2.3.4 */
#define LW_TLS_SESSION_MAX 32768        /* bytes: a session of DTLS or TLS that can be resumed */

/* Host, bus and files */
#define LW_HOST_LINKS_MAX 1024          /* network links that are known */
#define LW_HOST_ADDRESSES_MAX 4096      /* addresses of theirs */
#define LW_HOST_ROUTES_MAX 256          /* default routes */
#define LW_EVENT_LOG_MAX 65536          /* bytes: lines of the journal in one answer */
#define LW_EVENT_LOG_SPANS_MAX 8        /* times that a log was started without being emptied */
#define LW_GPSD_LINE_MAX 16384          /* bytes: one report of gpsd */
#define LW_MODEMS_MAX 16                /* modems */
#define LW_HOST_WLANS_MAX 64            /* WLAN stations */
#define LW_FILE_MAX 1048576             /* bytes: a file of the host that is read whole */
#define LW_CONFIG_MAX 262144            /* bytes: one configuration file */
#define LW_STATE_MAX 16777216           /* bytes: one state document */
#define LW_SUPPLIES_MAX 16              /* power supplies of this host */
#define LW_DIRECTORY_MAX 4096           /* names in a directory of sysfs that are looked at */
#define LW_CHIPS_MAX 1024               /* devices of the kernel that measure */
#define LW_CHANNELS_MAX 256             /* channels of one of them */
#define LW_ALARMS_MAX 256               /* files of alarms that are watched */
#define LW_SENSORS_MAX 4096             /* sensors that are shown */
#define LW_SENSOR_IDS_MAX 8192          /* sensors whose instance ids are remembered */
#define LW_SENSOR_TEXT_MAX 255          /* bytes: the Application Type that a server writes */
#define LW_WORKER_JOBS_MAX 1024         /* jobs that wait for a worker thread */
#define LW_BUS_CALLERS_MAX 256          /* callers whose credentials are remembered */
#define LW_BUS_WAITING_MAX 256          /* calls that wait for credentials or for polkit */
#define LW_BUS_WAITING_USER_MAX 16      /* calls of one user that wait for polkit */
#define LW_OBSERVATIONS_LISTED_MAX 1024 /* observations in one answer of ListObservations */
#define LW_SIGNALS_PER_SECOND_MAX 50    /* Operation signals, before they are only counted */

/* Services that provide objects */
#define LW_PLUGINS_MAX 192        /* registrations: dbus-daemon gives us 512 match rules in all */
#define LW_PLUGINS_USER_MAX 64    /* registrations of one user */
#define LW_PLUGIN_OBJECTS_MAX 256 /* objects of one user's registrations */
#define LW_PLUGIN_INSTANCES_MAX 4096            /* instances of one user's registrations */
#define LW_PLUGIN_DEFINITIONS_BYTES_MAX 4194304 /* bytes: definitions one user's services bring */
#define LW_PLUGIN_CALLS_MAX 16      /* Reads under way at one service; the others wait */
#define LW_PLUGIN_WAITING_MAX 256   /* Reads that wait for their turn at one service */
#define LW_PLUGIN_MUTATIONS_MAX 16  /* Writes, Executes ... that wait for theirs at one service */
#define LW_PLUGIN_CACHE_MAX 1048576 /* bytes: values that are kept of one registration */
#define LW_PLUGIN_BLOB_MAX                                                                         \
        33554432                /* bytes: a large value on its way through us to or from one       \
                                 */
#define LW_PLUGIN_BLOBS_MAX 2   /* large values that one service gets at a time */
#define LW_PLUGIN_STREAMS_MAX 4 /* answers of one service that come through pipes at a time */
#define LW_GRANTS_MAX 256       /* files that say who may provide what */
#define LW_GRANT_RANGES_MAX 256 /* objects, ranges and paths of one of them */
#define LW_LABELS_MAX 8192      /* labels whose instance ids are remembered */
