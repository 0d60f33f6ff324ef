/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Object 0: it is there, and says nothing to anybody. */
#include "providers/builtin/security.h"
#include "providers/suite.h"
#include "providers/world.h"

static const struct {
        LwOperation operation;
        const char *path;
        const char *text;
} requests[] = {
        { LW_OPERATION_READ, "/0", NULL },
        { LW_OPERATION_READ, "/0/0", NULL },
        { LW_OPERATION_READ, "/0/0/5", NULL },
        { LW_OPERATION_DISCOVER, "/0/0", NULL },
        { LW_OPERATION_WRITE, "/0/0/0", "/0/0/0=coap://evil" },
        { LW_OPERATION_DELETE, "/0/0", NULL },
};

START_TEST(everything_is_refused)
{
        LwWorld world;
        LwSecurityObject *object;

        lw_world_make(&world);
        object = lw_security_object_new(world.tree);
        ck_assert(lw_security_object_add(object, 0, NULL));
        lw_world_expect(&world, requests[_i].operation, requests[_i].path, requests[_i].text,
                        LW_STATUS_UNAUTHORIZED, NULL);
        lw_security_object_free(object);
        lw_world_clear(&world);
}
END_TEST

static void forbid_failure(void *user, LwCall *call G_GNUC_UNUSED, const GError *error)
{
        bool *done = user;

        ck_assert_ptr_null(error);
        *done = true;
}

/* Even past the access check there are no values. */
START_TEST(the_provider_serves_no_values)
{
        g_autoptr(LwValues) values = lw_values_new();
        LwRequest request = { .operation = LW_OPERATION_READ };
        const LwObject *object;
        const LwInstance *instance;
        const LwLayer *layer;
        LwSecurityObject *security;
        LwPath path = LW_PATH_RESOURCE(0, 7, 5);
        bool done = false;
        LwWorld world;

        lw_world_make(&world);
        security = lw_security_object_new(world.tree);
        ck_assert(lw_security_object_add(security, 7, NULL));
        object = lw_tree_object(world.tree, 0);
        instance = lw_object_instance(object, 7);
        layer = lw_instance_layer(instance, 5);
        ck_assert_ptr_nonnull(layer);
        layer->provider->ops->read(layer->provider, &path, 1,
                        lw_call_new(&request, values, forbid_failure, &done));
        ck_assert(done);
        ck_assert_uint_eq(lw_values_count(values), 0);
        lw_security_object_remove(security, 7);
        ck_assert_ptr_null(lw_object_instance(lw_tree_object(world.tree, 0), 7));
        lw_security_object_free(security);
        lw_world_clear(&world);
}
END_TEST

TCase *test_security(void)
{
        TCase *tcase = tcase_create("security");

        tcase_add_loop_test(tcase, everything_is_refused, 0, G_N_ELEMENTS(requests));
        tcase_add_test(tcase, the_provider_serves_no_values);
        return tcase;
}
