// SPDX-License-Identifier: LGPL-2.1-or-later
package org.lwm2md.interop;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.leshan.core.model.ObjectLoader;
import org.eclipse.leshan.core.model.ObjectModel;
import org.eclipse.leshan.core.node.codec.DefaultLwM2mDecoder;
import org.eclipse.leshan.core.node.codec.DefaultLwM2mEncoder;
import org.eclipse.leshan.server.LeshanServer;
import org.eclipse.leshan.server.LeshanServerBuilder;
import org.eclipse.leshan.server.model.VersionedModelProvider;
import org.eclipse.leshan.transport.californium.server.endpoint.CaliforniumServerEndpoint;
import org.eclipse.leshan.transport.californium.server.endpoint.CaliforniumServerEndpointsProvider;
import org.eclipse.leshan.transport.californium.server.endpoint.coap.CoapServerProtocolProvider;
import org.eclipse.leshan.transport.californium.server.endpoint.coaps.CoapsServerProtocolProvider;

import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * An LwM2M server on Eclipse Leshan: commands on standard input, answers and events on standard output, each a line of
 * JSON; see Commands, Answer and Events. It ends with its input.
 *
 * Arguments: the block size it prefers, and the directories with the object files that Leshan has not got. With the
 * property lwm2m.secure it listens by DTLS, by what that directory has: see Secure.
 */
public final class Main {
        private static final int BODY_MAX_BYTES = 4 << 20;

        private Main() {
        }

        private static LeshanServer server(int block, List<ObjectModel> models) throws IOException {
                String secure = System.getProperty("lwm2m.secure");
                CaliforniumServerEndpointsProvider endpoints = new CaliforniumServerEndpointsProvider.Builder(
                                new CoapServerProtocolProvider(), new CoapsServerProtocolProvider())
                                .setConfiguration(configuration -> {
                                        configuration.set(CoapConfig.PREFERRED_BLOCK_SIZE, block);
                                        configuration.set(CoapConfig.MAX_MESSAGE_SIZE, block);
                                        configuration.set(CoapConfig.MAX_RESOURCE_BODY_SIZE, BODY_MAX_BYTES);
                                })
                                .addEndpoint(secure == null ? "coap://127.0.0.1:0" : "coaps://127.0.0.1:0").build();
                LeshanServerBuilder builder = new LeshanServerBuilder().disableQueueModeSupport()
                                // and the numbers that formats had before 2016
                                .setEncoder(new DefaultLwM2mEncoder(true)).setDecoder(new DefaultLwM2mDecoder(true))
                                .setObjectModelProvider(new VersionedModelProvider(models))
                                .setEndpointsProviders(endpoints);
                if (secure != null)
                        Secure.configure(builder, Path.of(secure));
                return builder.build();
        }

        private static void listen(LeshanServer server, Output output) {
                Events events = new Events(output);
                server.getRegistrationService().addListener(events);
                server.getObservationService().addListener(events);
                server.getSendService().addListener(events);
                server.getEndpoints().forEach(each -> ((CaliforniumServerEndpoint) each).getCoapEndpoint()
                                .addPostProcessInterceptor(new Wire(output)));
        }

        private static void serve(Commands commands, Output output) throws IOException {
                ObjectMapper mapper = new ObjectMapper();
                ExecutorService pool = Executors.newCachedThreadPool();
                BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
                for (String line = input.readLine(); line != null; line = input.readLine()) {
                        var command = mapper.readTree(line);
                        pool.execute(() -> output.print(commands.run(command)));
                }
                pool.shutdownNow();
        }

        public static void main(String[] arguments) throws IOException {
                Output output = new Output(new PrintStream(System.out, false, StandardCharsets.UTF_8));
                List<ObjectModel> models = new ArrayList<>(ObjectLoader.loadAllDefault());
                for (int i = 1; i < arguments.length; i++)
                        models.addAll(ObjectLoader.loadObjectsFromDir(new File(arguments[i]), false));
                LeshanServer server = server(Integer.parseInt(arguments[0]), models);
                listen(server, output);
                server.start();
                server.getEndpoints().forEach(each -> output.event("listening",
                                Map.of("uri", each.getURI().toString())));
                serve(new Commands(server), output);
                server.destroy();
        }
}
