// SPDX-License-Identifier: LGPL-2.1-or-later
package org.lwm2md.interop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.eclipse.leshan.core.link.attributes.InvalidAttributeException;
import org.eclipse.leshan.core.link.lwm2m.attributes.DefaultLwM2mAttributeParser;
import org.eclipse.leshan.core.link.lwm2m.attributes.LwM2mAttributeSet;
import org.eclipse.leshan.core.node.LwM2mNode;
import org.eclipse.leshan.core.node.LwM2mObjectInstance;
import org.eclipse.leshan.core.node.LwM2mPath;
import org.eclipse.leshan.core.observation.CompositeObservation;
import org.eclipse.leshan.core.observation.Observation;
import org.eclipse.leshan.core.observation.SingleObservation;
import org.eclipse.leshan.core.request.CancelCompositeObservationRequest;
import org.eclipse.leshan.core.request.CancelObservationRequest;
import org.eclipse.leshan.core.request.ContentFormat;
import org.eclipse.leshan.core.request.CreateRequest;
import org.eclipse.leshan.core.request.DeleteRequest;
import org.eclipse.leshan.core.request.DiscoverRequest;
import org.eclipse.leshan.core.request.DownlinkDeviceManagementRequest;
import org.eclipse.leshan.core.request.ExecuteRequest;
import org.eclipse.leshan.core.request.ObserveCompositeRequest;
import org.eclipse.leshan.core.request.ObserveRequest;
import org.eclipse.leshan.core.request.ReadCompositeRequest;
import org.eclipse.leshan.core.request.ReadRequest;
import org.eclipse.leshan.core.request.WriteAttributesRequest;
import org.eclipse.leshan.core.request.WriteCompositeRequest;
import org.eclipse.leshan.core.request.WriteRequest;
import org.eclipse.leshan.core.request.WriteRequest.Mode;
import org.eclipse.leshan.core.response.LwM2mResponse;
import org.eclipse.leshan.core.response.ObserveCompositeResponse;
import org.eclipse.leshan.core.response.ObserveResponse;
import org.eclipse.leshan.server.LeshanServer;
import org.eclipse.leshan.server.registration.Registration;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Commands, one object each, and what they answer with.
 *
 * All have "id", "do" (the operation), "endpoint", and most "path"; "format" is the number of the Content-Format or of
 * Accept. Values are as in {@link Values}: "value" that of a resource or a resource instance, "resources" those of an
 * instance by resource id, "values" those of a composite operation by path.
 */
final class Commands {
        private static final long TIMEOUT_MS = 10_000;
        private final LeshanServer server;
        private final Map<String, Observation> observations = new ConcurrentHashMap<>();

        Commands(LeshanServer server) {
                this.server = server;
        }

        /** Carries it out, and gives the answer's line. */
        Map<String, Object> run(JsonNode command) {
                Map<String, Object> line = new LinkedHashMap<>();
                line.put("id", command.get("id").asInt());
                try {
                        line.putAll(answer(command));
                } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        line.put("error", "interrupted");
                } catch (RuntimeException | InvalidAttributeException e) {
                        line.put("error", Answer.text(e));
                }
                return line;
        }

        private Map<String, Object> answer(JsonNode command) throws InterruptedException, InvalidAttributeException {
                Registration registration = server.getRegistrationService()
                                .getByEndpoint(command.get("endpoint").asText());
                if (registration == null)
                        throw new IllegalStateException("the endpoint is not registered");
                if (command.get("do").asText().equals("forget"))
                        return forget(command);
                DownlinkDeviceManagementRequest<?> request = request(command);
                LwM2mResponse response = server.send(registration, request, TIMEOUT_MS);
                Map<String, Object> answer = Answer.describe(request, response);
                Observation observation = observation(response);
                if (observation != null) {
                        observations.put(key(command), observation);
                        answer.put("token", observation.getId().getAsHexString());
                }
                return answer;
        }

        private static Observation observation(LwM2mResponse response) {
                if (response instanceof ObserveCompositeResponse composite)
                        return composite.getObservation();
                return response instanceof ObserveResponse single ? single.getObservation() : null;
        }

        private DownlinkDeviceManagementRequest<?> request(JsonNode command) throws InvalidAttributeException {
                String path = command.path("path").asText();
                ContentFormat format = format(command, "format");
                return switch (command.get("do").asText()) {
                case "read" -> new ReadRequest(format, path);
                case "discover" -> new DiscoverRequest(path);
                case "write" -> write(new LwM2mPath(path), format, command);
                case "write-attributes" -> new WriteAttributesRequest(path, new LwM2mAttributeSet(
                                new DefaultLwM2mAttributeParser().parseUriQuery(command.get("query").asText())));
                case "execute" -> execute(new LwM2mPath(path), command.path("arguments").asText());
                case "create" -> create(path, format, command);
                case "delete" -> new DeleteRequest(path);
                case "observe" -> new ObserveRequest(format, path);
                case "cancel" -> new CancelObservationRequest((SingleObservation) observations.remove(key(command)));
                case "read-composite" -> new ReadCompositeRequest(format, format(command, "accept"), paths(command));
                case "write-composite" -> new WriteCompositeRequest(format, nodes(command), null);
                case "observe-composite" -> new ObserveCompositeRequest(format, format(command, "accept"),
                                paths(command).toArray(String[]::new));
                case "cancel-composite" -> new CancelCompositeObservationRequest(
                                (CompositeObservation) observations.remove(key(command)));
                default -> throw new IllegalArgumentException("no such operation");
                };
        }

        /** The next notification of it is answered with a Reset. */
        private Map<String, Object> forget(JsonNode command) {
                server.getObservationService().cancelObservation(observations.remove(key(command)));
                return Map.of();
        }

        private static WriteRequest write(LwM2mPath path, ContentFormat format, JsonNode command) {
                Mode mode = command.path("mode").asText().equals("update") ? Mode.UPDATE : Mode.REPLACE;
                LwM2mNode node = path.isObjectInstance()
                                ? new LwM2mObjectInstance(path.getObjectInstanceId(),
                                                Values.resources(command.get("resources")))
                                : Values.node(path, command.get("value"));
                return new WriteRequest(mode, format, path, node);
        }

        private static ExecuteRequest execute(LwM2mPath path, String arguments) {
                return new ExecuteRequest(path.getObjectId(), path.getObjectInstanceId(), path.getResourceId(),
                                arguments);
        }

        private static CreateRequest create(String path, ContentFormat format, JsonNode command) {
                if (!command.has("instance"))
                        return new CreateRequest(format, path, Values.resources(command.get("resources")));
                return new CreateRequest(format, path, new LwM2mObjectInstance(command.get("instance").asInt(),
                                Values.resources(command.get("resources"))));
        }

        private static Map<LwM2mPath, LwM2mNode> nodes(JsonNode command) {
                Map<LwM2mPath, LwM2mNode> nodes = new HashMap<>();
                command.get("values").fields().forEachRemaining(each -> {
                        LwM2mPath path = new LwM2mPath(each.getKey());
                        nodes.put(path, Values.node(path, each.getValue()));
                });
                return nodes;
        }

        private static ContentFormat format(JsonNode command, String name) {
                return command.has(name) ? ContentFormat.fromCode(command.get(name).asInt()) : null;
        }

        private static List<String> paths(JsonNode command) {
                List<String> paths = new ArrayList<>();
                command.get("paths").forEach(each -> paths.add(each.asText()));
                return paths;
        }

        /** What an observation is found by: the path or the paths. */
        private static String key(JsonNode command) {
                return command.has("paths") ? paths(command).toString() : command.get("path").asText();
        }
}
