/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The methods of org.lwm2md.TestServer1.Client: one for each operation of the standard. */
#pragma once

#include <systemd/sd-bus.h>

/* Each is a sd_bus_message_handler_t whose data is an LwTestFaceClient. */
int lw_test_method_read(sd_bus_message *m, void *user, sd_bus_error *ret_error);
int lw_test_method_discover(sd_bus_message *m, void *user, sd_bus_error *ret_error);
int lw_test_method_write(sd_bus_message *m, void *user, sd_bus_error *ret_error);
int lw_test_method_write_attributes(sd_bus_message *m, void *user, sd_bus_error *ret_error);
int lw_test_method_execute(sd_bus_message *m, void *user, sd_bus_error *ret_error);
int lw_test_method_create(sd_bus_message *m, void *user, sd_bus_error *ret_error);
int lw_test_method_delete(sd_bus_message *m, void *user, sd_bus_error *ret_error);
int lw_test_method_read_composite(sd_bus_message *m, void *user, sd_bus_error *ret_error);
int lw_test_method_write_composite(sd_bus_message *m, void *user, sd_bus_error *ret_error);
int lw_test_method_observe(sd_bus_message *m, void *user, sd_bus_error *ret_error);
int lw_test_method_cancel(sd_bus_message *m, void *user, sd_bus_error *ret_error);
int lw_test_method_observe_composite(sd_bus_message *m, void *user, sd_bus_error *ret_error);
int lw_test_method_cancel_composite(sd_bus_message *m, void *user, sd_bus_error *ret_error);
int lw_test_method_request(sd_bus_message *m, void *user, sd_bus_error *ret_error);
