/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* LwConfig: what lwm2md.conf says. */
#include "daemon/config.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/quote.h"
#include "daemon/config-server.h"
#include "daemon/config-value.h"
#include "host/machine.h"
#include "io/file.h"
#include "model/limits.h"
#include "model/path.h"
#include "model/status.h"

#define MAIN_FILE "lwm2md.conf"
#define DROP_INS "lwm2md.conf.d"

/* A name is also the name of the server's group in the state. */
#define SERVER_NAME_MAX 64

static const char *const agent_keys[] = { "EndpointName", "Objects", "LogLevel", "SmsNumber",
        NULL };

static void account_free(void *data)
{
        lw_account_free(data);
}

void lw_config_free(LwConfig *self)
{
        if (self == NULL)
                return;
        g_free(self->endpoint);
        g_free(self->sms_number);
        lw_config_sensors_clear(&self->sensors);
        lw_config_event_log_clear(&self->event_log);
        g_clear_pointer(&self->objects, g_array_unref);
        g_ptr_array_unref(self->accounts);
        g_ptr_array_unref(self->refused);
        g_ptr_array_unref(self->problems);
        g_free(self);
}

/* --- [Agent] --- */

static char *take_endpoint(LwConfig *self, const char *value)
{
        if (strlen(value) > LW_ENDPOINT_MAX) {
                self->unusable = true;
                return g_strdup_printf(
                                "it has more than %d bytes; choose a shorter one", LW_ENDPOINT_MAX);
        }
        g_free(self->endpoint);
        self->endpoint = g_strdup(value);
        return NULL;
}

static char *take_objects(LwConfig *self, const char *value)
{
        g_auto(GStrv) words = g_strsplit_set(value, "; ,\t", -1);
        g_autoptr(GArray) objects = g_array_new(FALSE, FALSE, sizeof(uint16_t));

        if (strcmp(value, "all") == 0)
                return NULL;
        for (size_t i = 0; words[i] != NULL; i++) {
                uint16_t id;

                if (words[i][0] == '\0')
                        continue;
                if (!lw_id_parse(words[i], strlen(words[i]), &id)) {
                        g_autofree char *quoted = lw_quote(words[i], strlen(words[i]));

                        return g_strdup_printf(
                                        "%s is not an object id, all are offered; give a list "
                                        "as in 1;3;4, or all",
                                        quoted);
                }
                g_array_append_val(objects, id);
        }
        g_clear_pointer(&self->objects, g_array_unref);
        self->objects = g_steal_pointer(&objects);
        return NULL;
}

static char *take_log_level(LwConfig *self, const char *value)
{
        if (!lw_log_level_parse(value, &self->log_level))
                return g_strdup("not a log level, info is used; give error, warning, notice, info "
                                "or debug");
        return NULL;
}

static char *take_sms_number(LwConfig *self, const char *value)
{
        if (!lw_config_is_sms_number(value))
                return g_strdup(LW_CONFIG_SMS_NUMBER_PROBLEM);
        g_free(self->sms_number);
        self->sms_number = g_strdup(value);
        return NULL;
}

static void read_agent(LwConfig *self, LwConfigFile *file, const LwConfigSection *section)
{
        static char *(*const takers[])(LwConfig *, const char *) = { take_endpoint, take_objects,
                take_log_level, take_sms_number };

        for (guint i = 0; i < section->entries->len; i++) {
                const LwConfigEntry *entry = section->entries->pdata[i];
                g_autofree char *problem = NULL, *quoted = NULL;
                size_t k = 0;

                while (agent_keys[k] != NULL && strcmp(agent_keys[k], entry->key) != 0)
                        k++;
                if (agent_keys[k] == NULL) {
                        lw_config_file_unknown_key(file, section, entry, agent_keys);
                        continue;
                }
                problem = takers[k](self, entry->value);
                if (problem == NULL)
                        continue;
                quoted = lw_quote(entry->value, strlen(entry->value));
                lw_config_file_complain(file, entry->file, entry->line, "%s=%s: %s", entry->key,
                                quoted, problem);
        }
}

/* --- [Server NAME] --- */

const char *lw_config_name_problem(const char *name)
{
        if (name[0] == '\0')
                return "the section does not name a server; write [Server NAME]";
        if (strlen(name) > SERVER_NAME_MAX)
                return "the server's name has more than 64 bytes; choose a shorter one";
        if (strpbrk(name, "[]") != NULL)
                return "the server's name has square brackets; choose another one";
        for (const char *c = name; *c != '\0'; c++)
                if (g_ascii_iscntrl(*c))
                        return "the server's name has control characters; choose another one";
        return NULL;
}

static bool check_name(LwConfigFile *file, const LwConfigSection *section, const char *name)
{
        const char *problem = lw_config_name_problem(name);

        if (problem != NULL)
                lw_config_file_complain(file, section->file, section->line, "%s", problem);
        return problem == NULL;
}

static bool check_place(LwConfig *self, LwConfigFile *file, const LwConfigSection *section,
                const LwAccount *account)
{
        for (guint i = 0; i < self->accounts->len; i++) {
                const LwAccount *other = self->accounts->pdata[i];
                const LwConfigEntry *entry;

                if (other->ssid != account->ssid)
                        continue;
                entry = lw_config_section_entry(section, "ShortServerId");
                lw_config_file_complain(file, entry->file, entry->line,
                                "ShortServerId=%u of [Server %s] is taken by [Server %s] at %s; "
                                "give [Server %s] another one",
                                account->ssid, account->name, other->name, other->origin,
                                account->name);
                return false;
        }
        if (self->accounts->len < LW_SERVERS_MAX)
                return true;
        lw_config_file_complain(file, section->file, section->line,
                        "there are more than %d servers; remove one", LW_SERVERS_MAX);
        return false;
}

static void read_server(LwConfig *self, LwConfigFile *file, const LwConfigSection *section,
                const char *name)
{
        g_autoptr(LwAccount) account = NULL;

        if (!check_name(file, section, name))
                return;
        account = lw_config_server(file, section, name);
        if (account == NULL || !check_place(self, file, section, account)) {
                g_ptr_array_add(self->refused, g_strdup(name));
                return;
        }
        account->instance = (uint16_t) self->accounts->len;
        if (account->sms_number == NULL)
                account->sms_number = g_strdup(self->sms_number);
        g_ptr_array_add(self->accounts, g_steal_pointer(&account));
}

/* The name behind "Server", or NULL when it is another section. */
static const char *server_name(const LwConfigSection *section)
{
        static const char word[] = "Server";
        const char *rest = section->name + strlen(word);

        if (!g_str_has_prefix(section->name, word) || (*rest != '\0' && !g_ascii_isspace(*rest)))
                return NULL;
        return rest + strspn(rest, " \t");
}

static LwConfig *config_from(LwConfigFile *file)
{
        LwConfig *self = g_new0(LwConfig, 1);
        const LwConfigSection *agent = lw_config_file_section(file, "Agent");
        const LwConfigSection *sensors = lw_config_file_section(file, "Sensors");
        const LwConfigSection *location = lw_config_file_section(file, "Location");
        const LwConfigSection *network = lw_config_file_section(file, "Network");
        const LwConfigSection *event_log = lw_config_file_section(file, "EventLog");

        self->log_level = G_LOG_LEVEL_INFO;
        self->accounts = g_ptr_array_new_with_free_func(account_free);
        self->refused = g_ptr_array_new_with_free_func(g_free);
        if (agent != NULL)
                read_agent(self, file, agent);
        lw_config_sensors_read(&self->sensors, file, sensors);
        lw_config_location_read(&self->location, file, location);
        lw_config_network_read(&self->network, file, network);
        lw_config_event_log_read(&self->event_log, file, event_log);
        /* The line that cannot be read may be the name: better none than a wrong one. */
        if (agent != NULL && agent->broken && self->endpoint == NULL)
                self->unusable = true;
        for (guint i = 0; i < file->sections->len; i++) {
                const LwConfigSection *section = file->sections->pdata[i];
                const char *name = server_name(section);
                g_autofree char *quoted = lw_quote(section->name, strlen(section->name));

                if (name != NULL)
                        read_server(self, file, section, name);
                else if (section != agent && section != sensors && section != location &&
                                section != network && section != event_log)
                        lw_config_file_complain(file, section->file, section->line,
                                        "unknown section %s, ignored; write [Agent], [Sensors], "
                                        "[Location], [Network], [EventLog] or [Server NAME]",
                                        quoted);
        }
        self->problems = g_ptr_array_ref(file->problems);
        return self;
}

LwConfig *lw_config_parse(const char *name, const char *text, size_t length)
{
        g_autoptr(LwConfigFile) file = lw_config_file_new();

        lw_config_file_add(file, name, text, length);
        return config_from(file);
}

/* --- files --- */

static int add_file(LwConfigFile *file, int root_fd, const char *path)
{
        g_autoptr(GBytes) bytes = NULL;
        const char *text;
        size_t length;
        int r = lw_file_read(root_fd, path, LW_CONFIG_MAX, &bytes);

        if (r < 0)
                return r;
        text = g_bytes_get_data(bytes, &length);
        lw_config_file_add(file, path, text, length);
        return 0;
}

static void complain_of_file(LwConfigFile *file, const char *path, int r)
{
        if (r == -EFBIG)
                lw_config_file_complain(file, path, 0,
                                "the file has more than %d bytes, ignored; split or shorten it",
                                LW_CONFIG_MAX);
        else
                lw_config_file_complain(file, path, 0,
                                "the file cannot be read (%s), ignored; check its mode and owner",
                                g_strerror(-r));
}

LwConfig *lw_config_read_file(const char *path)
{
        g_autoptr(LwConfigFile) file = lw_config_file_new();
        int r = add_file(file, AT_FDCWD, path);
        LwConfig *self;

        if (r < 0)
                complain_of_file(file, path, r);
        self = config_from(file);
        self->unusable = self->unusable || r < 0;
        return self;
}

static bool is_mask(int root_fd, const char *path)
{
        struct stat status;

        return fstatat(root_fd, path + strspn(path, "/"), &status, 0) >= 0 &&
               S_ISCHR(status.st_mode);
}

/* Notes the drop-ins of a directory: file name to path. A later directory's replace those of an
 * earlier. */
static void list_drop_ins(int root_fd, const char *directory, GTree *drop_ins)
{
        g_autofree char *path = g_build_filename(directory, DROP_INS, NULL);
        int fd = openat(root_fd, path + strspn(path, "/"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        DIR *stream = fd < 0 ? NULL : fdopendir(fd);
        const struct dirent *entry;

        if (stream == NULL) {
                if (fd >= 0)
                        close(fd);
                return;
        }
        while ((entry = readdir(stream)) != NULL)
                if (entry->d_name[0] != '.' && g_str_has_suffix(entry->d_name, ".conf"))
                        g_tree_insert(drop_ins, g_strdup(entry->d_name),
                                        g_build_filename(path, entry->d_name, NULL));
        closedir(stream);
}

static int compare_names(const void *a, const void *b, void *user G_GNUC_UNUSED)
{
        return strcmp(a, b);
}

LwConfig *lw_config_read(int root_fd, const LwConfigPlaces *places)
{
        g_autoptr(GTree) drop_ins = g_tree_new_full(compare_names, NULL, g_free, g_free);
        g_autofree char *main_file = g_build_filename(places->administrator, MAIN_FILE, NULL);
        g_autoptr(LwConfigFile) file = lw_config_file_new();
        int r = add_file(file, root_fd, main_file);

        if (r < 0 && r != -ENOENT && !is_mask(root_fd, main_file))
                complain_of_file(file, main_file, r);
        list_drop_ins(root_fd, places->vendor, drop_ins);
        list_drop_ins(root_fd, places->runtime, drop_ins);
        list_drop_ins(root_fd, places->administrator, drop_ins);
        for (GTreeNode *node = g_tree_node_first(drop_ins); node != NULL;
                        node = g_tree_node_next(node)) {
                const char *path = g_tree_node_value(node);

                r = add_file(file, root_fd, path);
                if (r < 0 && !is_mask(root_fd, path))
                        complain_of_file(file, path, r);
        }
        return config_from(file);
}

bool lw_config_has_object(const LwConfig *self, uint16_t object)
{
        if (self->objects == NULL || object == 0 || object == 1 || object == 3)
                return true;
        for (guint i = 0; i < self->objects->len; i++)
                if (g_array_index(self->objects, uint16_t, i) == object)
                        return true;
        return false;
}

bool lw_config_endpoint(const LwConfig *self, char **ret_endpoint, GError **error)
{
        int r;

        if (self->unusable) {
                g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                                "the configuration does not say under which name to register; set "
                                "EndpointName in [Agent]");
                return false;
        }
        if (self->endpoint != NULL) {
                *ret_endpoint = g_strdup(self->endpoint);
                return true;
        }
        r = lw_machine_endpoint(ret_endpoint);
        if (r >= 0)
                return true;
        g_set_error(error, LW_ERROR, LW_STATUS_FAILED,
                        "this host has no machine id to make an endpoint name of (/etc/machine-id: "
                        "%s); set EndpointName in [Agent]",
                        g_strerror(-r));
        return false;
}
