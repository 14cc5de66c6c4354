<?php
// A blog that hides its REST API, as many do for safety's sake: no door, and no word of one.
add_filter( 'rest_authentication_errors', function () {
	return new WP_Error( 'rest_disabled', 'The REST API is off.', array( 'status' => 401 ) );
} );
remove_action( 'wp_head', 'rest_output_link_wp_head', 10 );
remove_action( 'template_redirect', 'rest_output_link_header', 11 );
