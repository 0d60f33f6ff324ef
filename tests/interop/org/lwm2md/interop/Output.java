// SPDX-License-Identifier: LGPL-2.1-or-later
package org.lwm2md.interop;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Lines of JSON on standard output: answers, which have an "id", and events, which have an "event". */
final class Output {
        private static final ObjectMapper MAPPER = new ObjectMapper();
        private final PrintStream stream;

        Output(PrintStream stream) {
                this.stream = stream;
        }

        void event(String name, Map<String, ?> members) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("event", name);
                line.putAll(members);
                print(line);
        }

        synchronized void print(Map<String, ?> line) {
                try {
                        stream.println(MAPPER.writeValueAsString(line));
                } catch (JsonProcessingException e) {
                        throw new IllegalStateException(e);
                }
                stream.flush();
        }
}
