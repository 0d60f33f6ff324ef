/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Names of our journal fields and message ids; the writer is GLib's. */
#pragma once

#include <stdbool.h>

#include <glib.h>

#define LW_LOG_DOMAIN "lwm2md"

/* Fields of a journal entry beside MESSAGE: journalctl LWM2M_SERVER=101 */
#define LW_FIELD_PATH "LWM2M_PATH"
#define LW_FIELD_SERVER "LWM2M_SERVER"
#define LW_FIELD_OPERATION "LWM2M_OPERATION"
#define LW_FIELD_STATUS "LWM2M_STATUS"
#define LW_FIELD_MESSAGE_ID "MESSAGE_ID"

/* What an operator cares for; data/lwm2md.catalog explains each. */
#define LW_MESSAGE_REGISTERED "a0f8b9f5a4d34f6a8d0a5f4a6e6c1b01"
#define LW_MESSAGE_REGISTRATION_FAILED "a0f8b9f5a4d34f6a8d0a5f4a6e6c1b02"
#define LW_MESSAGE_DEREGISTERED "a0f8b9f5a4d34f6a8d0a5f4a6e6c1b03"
#define LW_MESSAGE_OPERATION "a0f8b9f5a4d34f6a8d0a5f4a6e6c1b04"
#define LW_MESSAGE_CONFIGURATION "a0f8b9f5a4d34f6a8d0a5f4a6e6c1b05"
#define LW_MESSAGE_PLUGIN "a0f8b9f5a4d34f6a8d0a5f4a6e6c1b06"
#define LW_MESSAGE_SEND "a0f8b9f5a4d34f6a8d0a5f4a6e6c1b07"

/**
 * One plain line: lw_log(G_LOG_LEVEL_INFO, "watching %u objects", n). With fields use
 * g_log_structured(LW_LOG_DOMAIN, level, LW_FIELD_PATH, text, "MESSAGE", format, ...).
 */
#define lw_log(level, ...) g_log_structured(LW_LOG_DOMAIN, level, "MESSAGE", __VA_ARGS__)

/** The levels of `LogLevel=`: error, warning, notice, info, debug. */
bool lw_log_level_parse(const char *text, GLogLevelFlags *ret_level);
/** Sends GLib's log to the journal when stderr is the journal, else to stderr, from `level` up. */
void lw_log_start(GLogLevelFlags level);
void lw_log_set_level(GLogLevelFlags level);
/** Whether a line of this level would be written: ask before work that only serves the log. */
bool lw_log_wanted(GLogLevelFlags level);
