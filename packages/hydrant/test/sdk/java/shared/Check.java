import java.io.IOException;
import java.net.CookieManager;
import java.net.CookiePolicy;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import sh.ory.hydra.ApiException;

/** Parts that are reported, assertions, and a browser that keeps cookies and follows nothing by itself. */
final class Check {
  interface Checks {
    void run() throws Exception;
  }

  private Check() {}

  /** Prints one JSON line; the program ends with 1 at the first part that fails. */
  static void part(String name, Checks checks) {
    try {
      checks.run();
      System.out.println("{\"part\":\"" + name + "\",\"ok\":true}");
    } catch (Throwable problem) {
      String body = problem instanceof ApiException ? ((ApiException) problem).getResponseBody() : "";
      String text = (problem + " " + body).replaceAll("[\\\\\"\\p{Cntrl}]", "'");
      System.out.println("{\"part\":\"" + name + "\",\"ok\":false,\"problem\":\"" + text + "\"}");
      System.exit(1);
    }
  }

  static void that(String what, boolean holds) {
    same(what, holds, true);
  }

  static void same(String what, Object got, Object want) {
    if (!Objects.equals(got, want)) throw new AssertionError(what + ": " + got + " instead of " + want);
  }

  static void refused(int status, Checks call) throws Exception {
    try {
      call.run();
    } catch (ApiException refusal) {
      same("status", refusal.getCode(), status);
      return;
    }
    throw new AssertionError(status + " was expected, but there was no refusal");
  }

  static String withQuery(String address, Map<String, String> query) {
    return address + "?" + query.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  static final class Browser {
    private final HttpClient client =
        HttpClient.newBuilder().cookieHandler(new CookieManager(null, CookiePolicy.ACCEPT_ALL)).build();

    /** Where the page at this address redirects. */
    String location(String address) throws IOException, InterruptedException {
      HttpRequest request = HttpRequest.newBuilder(URI.create(address)).build();
      HttpResponse<String> page = client.send(request, HttpResponse.BodyHandlers.ofString());
      return page.headers().firstValue("Location")
          .orElseThrow(() -> new AssertionError(page.statusCode() + " at " + address + ": " + page.body()));
    }

    /** A parameter of the address that a page redirects to. */
    String told(String address, String parameter) throws IOException, InterruptedException {
      String location = location(address);
      for (String pair : URI.create(location).getRawQuery().split("&"))
        if (pair.startsWith(parameter + "="))
          return URLDecoder.decode(pair.substring(parameter.length() + 1), StandardCharsets.UTF_8);
      throw new AssertionError("no " + parameter + " in " + location);
    }
  }
}
