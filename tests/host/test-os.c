/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* os-release, kernel and memory, as documents and as a host has them. */
#include <errno.h>
#include <string.h>

#include "host/os.h"
#include "host/suite.h"
#include "lib/files.h"

static const struct {
        const char *text;
        const char *id, *name, *version, *image;
} releases[] = {
        { "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n"
          "VERSION_ID=\"12\"\nID=debian\n",
                        "debian", "Debian GNU/Linux 12 (bookworm)", "12", NULL },
        /* without PRETTY_NAME, whatever comes first */
        { "ID=yocto\nNAME='Poky (Yocto)'\n", "yocto", "Poky (Yocto)", NULL, NULL },
        { "NAME=Edge\nPRETTY_NAME=\"Edge 4\"\nIMAGE_VERSION=33\n", NULL, "Edge 4", NULL, "33" },
        /* of two the later counts, as for a shell */
        { "ID=a\nID=b\n", "b", NULL, NULL, NULL },
        { "# ID=comment\n  ID=debian  \nVERSION_ID=12", "debian", NULL, "12", NULL },
        /* what a shell would not take is passed over, the rest counts */
        { "ID=\"debian\nVERSION_ID=12\n", NULL, NULL, "12", NULL },
        { "no assignment\n=\nID=\xff\xfe\nVERSION_ID=\nNAME=x\n", NULL, "x", NULL, NULL },
        { "", NULL, NULL, NULL, NULL },
};

START_TEST(os_release_is_read_as_a_shell_would)
{
        g_auto(LwOs) os = {};

        lw_os_parse(&os, releases[_i].text, strlen(releases[_i].text));
        ck_assert_pstr_eq(os.id, releases[_i].id);
        ck_assert_pstr_eq(os.name, releases[_i].name);
        ck_assert_pstr_eq(os.version, releases[_i].version);
        ck_assert_pstr_eq(os.image, releases[_i].image);
}
END_TEST

static const struct {
        const char *release, *vendor_release, *debian_version, *kernel;
        const char *firmware, *software;
} hosts[] = {
        { "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n", NULL,
                        "12.11\n", "6.1.0-37-amd64\n", "Debian GNU/Linux 12 (bookworm)",
                        "debian 12.11, Linux 6.1.0-37-amd64" },
        /* a derivative keeps the file of what it was made from: it says nothing of this system */
        { "ID=ubuntu\nVERSION_ID=24.04\n", NULL, "trixie/sid\n", "6.8.0\n", NULL,
                        "ubuntu 24.04, Linux 6.8.0" },
        { NULL, "ID=edge\nIMAGE_VERSION=7.2\nNAME=Edge\n", NULL, "5.15.0\n", "7.2",
                        "edge, Linux 5.15.0" },
        { NULL, NULL, NULL, "5.15.0\n", NULL, "Linux 5.15.0" },
        { "ID=debian\n", NULL, NULL, NULL, NULL, "debian" },
        { NULL, NULL, NULL, NULL, NULL, NULL },
};

START_TEST(a_host_says_which_system_it_runs)
{
        g_auto(LwTestFiles) files = {};
        g_auto(LwOs) os = {};
        g_autofree char *firmware = NULL, *software = NULL;

        lw_test_files_make(&files);
        if (hosts[_i].release != NULL)
                lw_test_files_put(&files, "etc/os-release", hosts[_i].release);
        if (hosts[_i].vendor_release != NULL)
                lw_test_files_put(&files, "usr/lib/os-release", hosts[_i].vendor_release);
        if (hosts[_i].debian_version != NULL)
                lw_test_files_put(&files, "etc/debian_version", hosts[_i].debian_version);
        if (hosts[_i].kernel != NULL)
                lw_test_files_put(&files, "proc/sys/kernel/osrelease", hosts[_i].kernel);
        lw_os_read(&os, files.fd);
        firmware = lw_os_firmware(&os);
        software = lw_os_software(&os);
        ck_assert_pstr_eq(firmware, hosts[_i].firmware);
        ck_assert_pstr_eq(software, hosts[_i].software);
}
END_TEST

static const struct {
        const char *text;
        bool ok;
        int64_t total_kb, available_kb;
} memories[] = {
        /* 1000 KiB are 1024 kB of 1000 bytes */
        { "MemTotal:           1000 kB\nMemFree:             100 kB\nMemAvailable:        500 kB\n",
                        true, 1024, 512 },
        { "MemTotal:       16315232 kB\nMemFree: 1 kB\nMemAvailable:   12000000 kB\nBuffers: 3 "
          "kB\n",
                        true, 16706797, 12288000 },
        /* before Linux 3.14 */
        { "MemTotal: 1000 kB\nMemFree: 250 kB\n", true, 1024, 256 },
        { "MemTotalX: 5 kB\nMemTotal: 1000 kB\nMemFree: 250 kB", true, 1024, 256 },
        { "MemTotal: 1000 kB\n", false, 0, 0 },
        { "MemFree: 1000 kB\n", false, 0, 0 },
        { "MemTotal: 1000 MB\nMemFree: 250 kB\n", false, 0, 0 },
        { "MemTotal: -1000 kB\nMemFree: 250 kB\n", false, 0, 0 },
        { "MemTotal: 99999999999999999999 kB\nMemFree: 250 kB\n", false, 0, 0 },
        { "MemTotal:", false, 0, 0 },
        { "", false, 0, 0 },
};

START_TEST(memory_counts_in_thousands_of_bytes)
{
        LwMemory memory = {};

        ck_assert_int_eq(lw_memory_parse(memories[_i].text, strlen(memories[_i].text), &memory),
                        memories[_i].ok);
        ck_assert_int_eq(memory.total_kb, memories[_i].total_kb);
        ck_assert_int_eq(memory.available_kb, memories[_i].available_kb);
}
END_TEST

START_TEST(memory_of_a_host)
{
        g_auto(LwTestFiles) files = {};
        LwMemory memory = {};

        lw_test_files_make(&files);
        ck_assert_int_eq(lw_memory_read(files.fd, &memory), -ENOENT);
        lw_test_files_put(&files, "proc/meminfo", "something else\n");
        ck_assert_int_eq(lw_memory_read(files.fd, &memory), -EBADMSG);
        lw_test_files_put(&files, "proc/meminfo", memories[0].text);
        ck_assert_int_eq(lw_memory_read(files.fd, &memory), 0);
        ck_assert_int_eq(memory.available_kb, 512);
}
END_TEST

static const struct {
        const char *text;
        int result;
        const char *id;
} boots[] = {
        { "0d7f35c4-3c1f-4a5e-9a0d-1fd8a2c1b7ee\n", 0, "0d7f35c43c1f4a5e9a0d1fd8a2c1b7ee" },
        { "0d7f35c4", -EBADMSG, NULL },
        { "\n", -ENODATA, NULL },
};

START_TEST(boot_id)
{
        g_auto(LwTestFiles) files = {};
        g_autofree char *id = NULL;

        lw_test_files_make(&files);
        lw_test_files_put(&files, "proc/sys/kernel/random/boot_id", boots[_i].text);
        ck_assert_int_eq(lw_boot_id_read(files.fd, &id), boots[_i].result);
        ck_assert_pstr_eq(id, boots[_i].id);
}
END_TEST

static const struct {
        const char *text;
        int result;
        uint64_t usec;
} uptimes[] = {
        { "35.25 120.00\n", 0, 35250000 },
        { "0.00 0.00", 0, 0 },
        { "12", 0, 12000000 },
        { "nan 1", -EBADMSG, 0 },
        { "-1 1", -EBADMSG, 0 },
        { "1e300 1", -EBADMSG, 0 },
        { "1,5", -EBADMSG, 0 },
};

START_TEST(uptime)
{
        g_auto(LwTestFiles) files = {};
        uint64_t usec = 0;

        lw_test_files_make(&files);
        lw_test_files_put(&files, "proc/uptime", uptimes[_i].text);
        ck_assert_int_eq(lw_uptime_read(files.fd, &usec), uptimes[_i].result);
        ck_assert_uint_eq(usec, uptimes[_i].usec);
}
END_TEST

TCase *test_os(void)
{
        TCase *tcase = tcase_create("os");

        tcase_add_loop_test(tcase, os_release_is_read_as_a_shell_would, 0, G_N_ELEMENTS(releases));
        tcase_add_loop_test(tcase, a_host_says_which_system_it_runs, 0, G_N_ELEMENTS(hosts));
        tcase_add_loop_test(tcase, memory_counts_in_thousands_of_bytes, 0, G_N_ELEMENTS(memories));
        tcase_add_test(tcase, memory_of_a_host);
        tcase_add_loop_test(tcase, boot_id, 0, G_N_ELEMENTS(boots));
        tcase_add_loop_test(tcase, uptime, 0, G_N_ELEMENTS(uptimes));
        return tcase;
}
