/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client that is registered with one server, played by the test. */
#include "client/scene.h"

#include <inttypes.h>
#include <string.h>

#include <check.h>

static const LwResourceDef resources[] = {
        { .id = 0, .type = LW_TYPE_FLOAT, .operations = LW_READABLE },
        { .id = 1, .type = LW_TYPE_BOOLEAN, .operations = LW_READABLE },
        { .id = 2, .type = LW_TYPE_STRING, .operations = LW_READABLE },
        { .id = 3, .type = LW_TYPE_INTEGER, .operations = LW_READABLE, .multiple = true },
        { .id = 4, .type = LW_TYPE_OPAQUE, .operations = LW_WRITABLE },
};

static LwObjectDef *define(void)
{
        LwObjectDef *def = g_new0(LwObjectDef, 1);

        def->id = SCENE_OBJECT;
        def->major = 1;
        def->multiple = true;
        def->name = g_strdup("Scene");
        def->resource_count = G_N_ELEMENTS(resources);
        def->resources = g_memdup2(resources, sizeof(resources));
        for (size_t i = 0; i < def->resource_count; i++) {
                def->resources[i].name = g_strdup_printf("Resource %zu", i);
                def->resources[i].units = g_strdup("");
        }
        return def;
}

static GBytes *load_nothing(void *user G_GNUC_UNUSED, uint16_t object G_GNUC_UNUSED)
{
        return NULL;
}

static void add_value(void *key, void *value, void *user)
{
        LwPath path;

        ck_assert(lw_path_parse(key, &path, NULL));
        lw_values_add(user, &path, value);
}

static void on_read(LwProvider *provider, const LwPath *paths, size_t count, LwCall *call)
{
        Scene *self = (Scene *) (void *) ((char *) provider - offsetof(Scene, provider));
        g_autoptr(LwValues) all = lw_values_new();

        self->reads++;
        g_hash_table_foreach(self->values, add_value, all);
        lw_values_sort(all);
        for (size_t p = 0; p < count; p++)
                for (size_t i = 0; i < lw_values_count(all); i++) {
                        const LwEntry *entry = lw_values_at(all, i);

                        if (lw_path_contains(&paths[p], &entry->path))
                                lw_values_add(lw_call_values(call), &entry->path, &entry->value);
                }
        if (self->late)
                self->waiting = call;
        else if (self->fails_with != 0)
                lw_call_fail_status(call, self->fails_with, "it fails");
        else
                lw_call_succeed(call);
}

static void on_observe(LwProvider *provider, const LwPath *added, size_t added_count,
                const LwPath *dropped, size_t dropped_count)
{
        Scene *self = (Scene *) (void *) ((char *) provider - offsetof(Scene, provider));
        char text[LW_PATH_TEXT_MAX];

        for (size_t i = 0; i < added_count; i++) {
                lw_path_print(&added[i], text);
                ck_assert_msg(g_hash_table_add(self->observed, g_strdup(text)), "%s twice", text);
        }
        for (size_t i = 0; i < dropped_count; i++) {
                lw_path_print(&dropped[i], text);
                ck_assert_msg(g_hash_table_remove(self->observed, text), "%s is not", text);
        }
}

static const LwProviderOps ops = { .read = on_read, .observe = on_observe };

static int compare_texts(const void *a, const void *b)
{
        return strcmp(*(const char *const *) a, *(const char *const *) b);
}

char *scene_observed(const Scene *self)
{
        g_autofree void **paths = g_hash_table_get_keys_as_array(self->observed, NULL);
        unsigned count = g_hash_table_size(self->observed);

        qsort(paths, count, sizeof(*paths), compare_texts);
        return g_strjoinv(" ", (char **) paths);
}

LwFake *scene_fake(const Scene *self)
{
        return lw_fake_factory_last(self->factory);
}

static void on_sent(void *user, uint64_t id, uint16_t server, const LwSendResult *result)
{
        Scene *self = user;

        g_string_append_printf(
                        self->sent, "%" PRIu64 " %u %s\n", id, server, lw_send_result_text(result));
}

void scene_run(Scene *self)
{
        for (unsigned i = 0; i < 100 && lw_client_deadline(self->client) <= self->now.boot; i++)
                lw_client_run(self->client, self->now);
        ck_assert_uint_gt(lw_client_deadline(self->client), self->now.boot);
}

static void turn_clock(Scene *self, LwUsec usec)
{
        self->now.boot += usec;
        self->now.real_usec += (int64_t) usec;
}

void scene_pass(Scene *self, LwUsec usec)
{
        LwUsec end = self->now.boot + usec;

        for (;;) {
                LwUsec due = lw_client_deadline(self->client);

                if (due > end)
                        break;
                if (due > self->now.boot)
                        turn_clock(self, due - self->now.boot);
                scene_run(self);
        }
        turn_clock(self, end - self->now.boot);
}

void scene_answer(Scene *self, uint8_t code)
{
        const LwMessage *last = NULL;
        LwMessage response;

        for (size_t i = lw_fake_count(scene_fake(self)); i-- > 0 && !last;)
                if (lw_message_is_request(lw_fake_sent(scene_fake(self), i)))
                        last = lw_fake_sent(scene_fake(self), i);
        ck_assert_ptr_nonnull(last);
        lw_fake_answer(&response, last, code, false);
        if (code == 0x41) {
                lw_message_add_text(&response, LW_OPTION_LOCATION_PATH, "rd");
                lw_message_add_text(&response, LW_OPTION_LOCATION_PATH, "1");
        }
        lw_fake_response(scene_fake(self), &response, self->now);
        scene_run(self);
}

static LwAccount *new_account(void)
{
        LwAccount *account = lw_account_new();

        account->ssid = SCENE_SERVER;
        account->lifetime_seconds = 0;
        account->uri = g_strdup("coap://127.0.0.1");
        ck_assert(lw_uri_parse(account->uri, &account->peer.uri, NULL));
        return account;
}

static void begin(Scene *self, unsigned instances, GBytes *session)
{
        static const uint16_t ids[] = { 0, 1, 2, 3, 4 };
        static const LwClientEvents events = { .sent = on_sent };

        *self = (Scene){
                .registry = lw_registry_new(load_nothing, NULL),
                .provider = { &ops },
                .observed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL),
                .values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                .factory = lw_fake_factory_new(),
                .sent = g_string_new(NULL),
                .now = { .boot = 1000 * SECOND,
                                .real_usec = 1700000000 * (int64_t) LW_USEC_PER_SEC },
                .mid = 1,
        };
        ck_assert(lw_registry_add(self->registry, define()));
        self->tree = lw_tree_new(self->registry);
        for (unsigned i = 0; i < instances; i++)
                ck_assert(lw_tree_add_layer(self->tree, &LW_PATH_INSTANCE(SCENE_OBJECT, i),
                                &self->provider, LW_RANK_PLUGIN, ids, G_N_ELEMENTS(ids), NULL));
        self->client = lw_client_new("dev", self->tree, &self->factory->factory, &events, self, 7);
        self->account = new_account();
        self->server = lw_client_add_server(self->client, self->account, self->now, NULL);
        if (session)
                ck_assert(lw_server_load_session(self->server, session, self->now, NULL));
        lw_client_start(self->client, self->now);
        scene_run(self);
        lw_fake_up(scene_fake(self), self->now);
        scene_run(self);
}

void scene_setup(Scene *self, unsigned instances)
{
        begin(self, instances, NULL);
        scene_answer(self, 0x41);
        lw_fake_settled(scene_fake(self), self->now);
        lw_fake_forget(scene_fake(self));
}

void scene_resume(Scene *self, unsigned instances, GBytes *session)
{
        begin(self, instances, session);
}

void scene_teardown(Scene *self)
{
        lw_client_free(self->client);
        lw_fake_factory_free(self->factory);
        g_string_free(self->sent, TRUE);
        lw_tree_free(self->tree);
        lw_registry_free(self->registry);
        g_hash_table_unref(self->values);
        g_hash_table_unref(self->observed);
}

void scene_lose(Scene *self)
{
        lw_fake_down(scene_fake(self), "the cable is out", self->now);
        self->factory->fails_with = LW_STATUS_UNAVAILABLE;
        scene_run(self);
}

void scene_return(Scene *self)
{
        self->factory->fails_with = 0;
        while (scene_fake(self)->is_closed)
                scene_pass(self, SECOND);
        lw_fake_up(scene_fake(self), self->now);
        scene_run(self);
        scene_answer(self, 0x44);
}

void scene_put(Scene *self, const char *path, LwValue value)
{
        g_hash_table_insert(self->values, g_strdup(path), g_memdup2(&value, sizeof(value)));
}

void scene_set(Scene *self, const char *path, LwValue value)
{
        LwPath changed;

        ck_assert(lw_path_parse(path, &changed, NULL));
        scene_put(self, path, value);
        lw_tree_changed(self->tree, &changed);
        scene_run(self);
}

void scene_attributes(Scene *self, const char *path, const char *query)
{
        g_auto(GStrv) queries = g_strsplit(query, "&", -1);
        size_t count = query[0] == '\0' ? 0 : g_strv_length(queries);
        LwAttributes attributes;
        LwPath node;

        ck_assert(lw_path_parse(path, &node, NULL));
        ck_assert(lw_attributes_parse((const char *const *) queries, count, &attributes, NULL));
        ck_assert(lw_attribute_table_set(
                        lw_tree_attributes(self->tree), SCENE_SERVER, &node, &attributes, NULL));
        lw_tree_attributed(self->tree, SCENE_SERVER, &node);
        scene_run(self);
}

static const LwMessage *ask(Scene *self, LwMessage *message, const char *token, const char *query)
{
        g_auto(GStrv) queries = g_strsplit(query ? query : "", "&", -1);
        bool answered;

        message->mid = self->mid++;
        message->token_length = (uint8_t) strlen(token);
        memcpy(message->token, token, message->token_length);
        for (unsigned i = 0; query && queries[i]; i++)
                lw_message_add_text(message, LW_OPTION_URI_QUERY, queries[i]);
        answered = lw_fake_request(scene_fake(self), message, self->now);
        ck_assert(answered || self->late);
        return answered ? lw_fake_last(scene_fake(self)) : NULL;
}

static void get(LwMessage *message, const char *path, uint32_t flag)
{
        LwPath parsed;

        ck_assert(lw_path_parse(path, &parsed, NULL));
        lw_message_init(message, LW_MESSAGE_CON, LW_METHOD_GET);
        lw_message_add_uint(message, LW_OPTION_OBSERVE, flag);
        lw_message_add_path(message, LW_OPTION_URI_PATH, &parsed);
}

const LwMessage *scene_observe(
                Scene *self, const char *token, const char *path, const char *query, int32_t accept)
{
        LwMessage message;

        get(&message, path, 0);
        if (accept >= 0)
                lw_message_add_uint(&message, LW_OPTION_ACCEPT, (uint32_t) accept);
        return ask(self, &message, token, query);
}

const LwMessage *scene_cancel(Scene *self, const char *token, const char *path)
{
        LwMessage message;

        get(&message, path, 1);
        return ask(self, &message, token, NULL);
}

const LwMessage *scene_fetch(
                Scene *self, const char *token, const char *json, const char *query, unsigned flag)
{
        LwMessage message;

        lw_message_init(&message, LW_MESSAGE_CON, LW_METHOD_FETCH);
        lw_message_add_uint(&message, LW_OPTION_OBSERVE, flag);
        lw_message_add_uint(&message, LW_OPTION_CONTENT_FORMAT, 110);
        lw_message_add_uint(&message, LW_OPTION_ACCEPT, 110);
        message.payload = (const uint8_t *) json;
        message.payload_length = strlen(json);
        return ask(self, &message, token, query);
}

char *scene_heard(Scene *self)
{
        GString *text = g_string_new(NULL);

        for (size_t i = 0; i < lw_fake_count(scene_fake(self)); i++) {
                const LwMessage *message = lw_fake_sent(scene_fake(self), i);
                g_autofree char *line = lw_message_describe(message);

                g_string_append(text, line);
                if (!lw_message_is_request(message) && message->type != LW_MESSAGE_ACK) {
                        if (message->payload_length > 0) /* which is shown whole */
                                g_string_truncate(text,
                                                (gsize) (strrchr(text->str, '[') - text->str - 1));
                        g_string_append_printf(text, " %.*s %.*s", (int) message->token_length,
                                        (const char *) message->token,
                                        (int) message->payload_length,
                                        (const char *) message->payload);
                }
                g_string_append_c(text, '\n');
        }
        lw_fake_forget(scene_fake(self));
        return g_string_free(text, FALSE);
}
